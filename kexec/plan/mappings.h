/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mappings of purgatory's page tables: the segments of the plan, the console's registers, and
 * the console zone of ramoops. Nothing else is mapped, because a speculative access to memory that
 * is not ours may cause an abort.
 */
#ifndef PLAN_MAPPINGS_H
#define PLAN_MAPPINGS_H

#include <stddef.h>

#include "base/log.h"
#include "base/range.h"
#include "console/console_choice.h"
#include "machine/linear_map.h"
#include "machine/ramoops.h"
#include "plan/page_table.h"
#include "plan/plan.h"
#include "purgatory.h"

/* The page size of purgatory's tables in bytes, whatever the running kernel's is. */
#define MAPPING_PAGE_SIZE 4096

/*
 * Each segment at two addresses, one more because the guard page divides a segment, the console,
 * the console zone of ramoops, and the stacks of other CPUs.
 */
#define MAPPINGS_MAX (2 * (PLAN_SEGMENT_MAX + 1) + 2 + PURGATORY_CPUS_MAX)

/*
 * The segment SEGMENT_CPUS of a plan: what CPUs share that verify together, and from @stacks on a
 * page that is left out and a stack for each of them. Empty: there is none.
 */
struct cpus_place {
	struct range range;
	uint64_t stacks;
};

struct mappings {
	struct mapping list[MAPPINGS_MAX];
	size_t count;
};

/*
 * Add every segment but the page tables and SEGMENT_CPUS at its physical address. A segment is
 * mapped from its start to the end of the last page that has a byte of its data; purgatory's have
 * their permissions, all others are only read. @guard, a page below the stack, is left out. Returns
 * 0, or -EOVERFLOW (a segment ends beyond the address space), -E2BIG, with a message.
 */
int mappings_add_identity(struct mappings *mappings, const struct plan *plan, struct range guard,
			  const struct log *log);

/*
 * Add purgatory's segments alone at their addresses in the linear map, which must be known. Returns
 * the same.
 */
int mappings_add_alias(struct mappings *mappings, const struct plan *plan, struct range guard,
		       const struct linear_map *linear_map, const struct log *log);

/* Add SEGMENT_CPUS without the pages below the stacks, if there is one. Returns the same. */
int mappings_add_cpus(struct mappings *mappings, const struct cpus_place *cpus,
		      const struct log *log);

/* Add the console's registers, if it has any, at their physical address. Returns the same. */
int mappings_add_console(struct mappings *mappings, const struct console *console,
			 const struct log *log);

/* Add the pages of the console zone of ramoops, if there is one. Returns the same. */
int mappings_add_ramoops(struct mappings *mappings, const struct ramoops_zone *zone,
			 const struct log *log);

#endif
