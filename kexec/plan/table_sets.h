/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page tables of a plan: the sets that purgatory gets, their format, place and contents. Call
 * table_sets_choose() when all other segments have their places, then table_sets_place(), and
 * table_sets_build() when the plan was checked.
 */
#ifndef PLAN_TABLE_SETS_H
#define PLAN_TABLE_SETS_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/arch.h"
#include "base/log.h"
#include "base/range.h"
#include "machine/machine.h"
#include "plan/mappings.h"
#include "plan/plan.h"
#include "purgatory.h"
#include "sha256.h"

/* One set: the tables below one root. */
struct table_set {
	const struct page_table_mode *mode; /* NULL: there is no such set */
	struct mappings mappings;
	struct range
		range; /* physical; counts from 0 until table_sets_place(); empty: no such set */
};

struct table_sets {
	bool required;			  /* as in struct table_sets_request */
	enum purgatory_mmu_reason reason; /* PURGATORY_MMU_ON, or why there are no sets */
	struct table_set sets[PURGATORY_TABLES_COUNT];
	uint8_t *data;	      /* of all sets; owned */
	struct range segment; /* physical, of data */
};

struct table_sets_request {
	const struct arch *arch;
	const struct machine *machine;
	const struct plan *plan;
	struct range guard;	       /* physical, of the page below the stack */
	const struct cpus_place *cpus; /* or NULL */
	bool required;		       /* --mmu=on: refuse what cannot be served */
};

/*
 * Choose the sets and their formats, and count the tables. Each set gets the mode with the fewest
 * bits that reaches everything to be mapped and that the CPU has. The alias at the linear map is
 * left out if that is unknown or out of reach.
 *
 * If nothing can be chosen, there are no sets but a reason, with a warning; or if tables are
 * required, the result is -ENOTSUP with a message. Returns 0, or -errno with a message for mappings
 * that conflict.
 */
int table_sets_choose(struct table_sets *tables, const struct table_sets_request *request,
		      const struct log *log);

/*
 * Reserve a hole for the sets inside @bounds and add their segment to the plan, if there are any.
 * If there is no hole and the tables are not required, there are no sets but a reason, with a
 * warning. Returns 0, or -errno with a message.
 */
int table_sets_place(struct table_sets *tables, struct plan *plan, const struct range *bounds,
		     const struct log *log);

/* Fill the segment. Returns 0, or -errno with a message. */
int table_sets_build(struct table_sets *tables, const struct log *log);

/* The value of satp or TTBR for a set; 0 if there is no such set. */
uint64_t table_sets_register(const struct table_set *set);

/* The SHA-256 of a set that was built; zeros if there is no such set. */
void table_sets_digest(const struct table_sets *tables, enum purgatory_tables set,
		       uint8_t digest[SHA256_DIGEST_SIZE]);

void table_sets_free(struct table_sets *tables);

#endif
