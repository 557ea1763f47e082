/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The purgatory of a plan: the embedded object, relocated to its place and with its symbols
 * patched.
 */
#ifndef PLAN_PURGATORY_LOAD_H
#define PLAN_PURGATORY_LOAD_H

#include <stdint.h>

#include "arch/arch.h"
#include "base/log.h"
#include "console/console_choice.h"
#include "cpu/online_cpus.h"
#include "manifest.h"
#include "plan/elf_rel.h"
#include "plan/plan.h"
#include "plan/table_sets.h"
#include "purgatory.h"

/* The values of the symbols in include/purgatory.h. */
struct purgatory_settings {
	uint64_t address; /* of PURGATORY_ENTRY_SYMBOL */
	uint64_t kernel_entry;
	uint64_t kernel_dtb;
	uint64_t report; /* address of the report's property in that tree */
	struct range manifest;
	const struct table_sets *tables; /* placed */
	struct console console;
	struct range pstore; /* the console zone of ramoops; empty: none */
	uint32_t pstore_block_size;
	uint32_t cache_block_size;
	uint64_t timer_frequency;
	uint32_t time_limit;   /* seconds for a MiB; 0: none */
	uint32_t cpu_features; /* a set of 1 << enum purgatory_cpu_feature */
	uint32_t engine;       /* enum sha256_engine, or PURGATORY_ENGINE_AUTO */
	const struct online_cpus *cpus;
	uint32_t cpus_count;   /* how many CPUs verify; 0: one, and the others are not known */
	uint64_t cpus_address; /* of the segment SEGMENT_CPUS, and of the first of its stacks */
	uint64_t cpus_stacks;
	enum purgatory_reset reset_method;
	enum purgatory_policy mismatch_policy;
};

/*
 * Open the purgatory of @arch and lay it out, with what several CPUs need or without.
 * Returns 0 and the handle, or -ENOTSUP if this build has none, -ENOEXEC, -ENOMEM with a message.
 */
int purgatory_load_open(struct elf_rel **purgatory, const struct arch *arch,
			const struct elf_rel_layout *layout, const struct log *log);

/*
 * Relocate purgatory to a hole of the plan, in @bounds and one range of @within, and add one
 * segment for each of its parts. Purgatory's entry becomes the plan's. Returns 0, or -errno with a
 * message.
 */
int purgatory_load_place(struct elf_rel *purgatory, struct plan *plan, const struct range *bounds,
			 const struct range_set *within, const struct log *log);

/*
 * The page below purgatory's stack, at its physical address. Returns 0, or -ENOENT, -EINVAL with a
 * message.
 */
int purgatory_load_find_guard(const struct elf_rel *purgatory, struct range *guard,
			      const struct log *log);

/* Patch all symbols but those that depend on a digest. Returns 0, or -ENOENT, -EINVAL with a
 * message. */
int purgatory_load_patch(struct elf_rel *purgatory, const struct purgatory_settings *settings,
			 const struct log *log);

/*
 * Patch what depends on the manifest, after all else: its digest, the kernel's entry sealed by the
 * digests, the numbers of bytes; and purgatory's sum. Returns 0, or -ENOENT, -EINVAL with a
 * message.
 */
int purgatory_load_patch_manifest(struct elf_rel *purgatory, const struct manifest *manifest,
				  const uint8_t digest[SHA256_DIGEST_SIZE], uint64_t kernel_entry,
				  const struct log *log);

/* Patch the digests of page tables that were built. Returns the same. */
int purgatory_load_patch_tables_digest(struct elf_rel *purgatory, const struct table_sets *tables,
				       const struct log *log);

#endif
