/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Several CPUs verify: the CPU that runs purgatory (the first one) starts others, they share the
 * chunks of the manifest, and all of them are off again before the next kernel is entered.
 * docs/cpus.md has the whole.
 */
#ifndef PURGATORY_CPUS_H
#define PURGATORY_CPUS_H

/*
 * What the CPUs share, for assembler: a cursor, then for each of the others a line of so many
 * bytes (as a power of two) that begins with its stage.
 */
#define CPU_LINE_BITS 7
#define CPU_LINE_SIZE 128

/* enum cpu_stage of a CPU that uses no memory any more, for assembler. */
#define CPU_STAGE_LEFT 3

/* The plain numbers of include/purgatory.h, for assembler. */
#define CPUS_MAX	 8
#define CPU_STACK_STRIDE (4096 + 8192) /* a page that is not mapped, and a stack */

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stdint.h>

#include "manifest.h"
#include "purgatory.h"
#include "sha256.h"

struct time_limit;

/*
 * What only several CPUs need lies in sections of its own, which exist with --cpus alone and have
 * to be verified before anything of them is used (include/purgatory.h). No compiler may move such
 * code into its caller where that is not in the same section: NOINLINE.
 */
#define CPUS_TEXT	   __attribute__((section(PURGATORY_CPUS_TEXT_SECTION)))
#define CPUS_TEXT_NOINLINE __attribute__((section(PURGATORY_CPUS_TEXT_SECTION), noinline))
#define CPUS_RODATA	   __attribute__((section(PURGATORY_CPUS_RODATA_SECTION)))

/* What a CPU that was started has come to. It is its own word but for the first two. */
enum cpu_stage {
	CPU_STOPPED, /* nobody has started it */
	CPU_ASKED,   /* firmware was asked to */
	CPU_WORKING, /* it hashes, with the MMU on */
	CPU_LEFT = CPU_STAGE_LEFT,
};

/* What firmware says of a CPU. */
enum cpu_firmware {
	CPU_FIRMWARE_OFF,
	CPU_FIRMWARE_ON,
	CPU_FIRMWARE_PENDING, /* on its way, up or down */
	CPU_FIRMWARE_UNKNOWN, /* an error */
	CPU_FIRMWARE_COUNT
};

/* The CPU for which the next kernel must not be entered, because it may still run. */
struct cpu_fault {
	uint64_t id;
	enum cpu_stage stage;
	enum cpu_firmware firmware;
};

/* What came of it. */
struct cpus {
	uint32_t count; /* how many CPUs verified, the first one among them */
	/* What they computed, in the order of the manifest's chunks; a chunk that nobody hashed has
	 * zeros. */
	const uint8_t (*digests)[SHA256_DIGEST_SIZE];
};

/*
 * Hash all chunks of a manifest, whose digest is right and whose chunks have the right form, with
 * all CPUs that can be started. Call this with the MMU on, after purgatory's own chunks were found
 * to be right. Returns true with all started CPUs off again; or false with @fault if one of them is
 * not.
 */
bool cpus_hash(struct cpus *cpus, const struct manifest *manifest, enum sha256_engine engine,
	       struct time_limit *limit, struct cpu_fault *fault);

struct line;

/* Add to a report which CPU keeps the next kernel from being entered, and why. */
void cpus_add_fault(struct line *line, const struct cpu_fault *fault);

/* Add to a report how many CPUs verified, and how many of the others' chunks the first one did. */
void cpus_add_counts(struct line *line, uint32_t count, uint32_t redone);

/*
 * What a started CPU does: entry code calls this with the MMU on and on the CPU's own stack, with
 * the CPU's index among purgatory_cpus_ids. After it returns, the CPU may write no memory.
 */
void cpus_work(uint64_t index);

#endif
#endif
