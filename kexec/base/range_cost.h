/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ranges of physical memory with a cost, and the cheapest hole among them.
 */
#ifndef BASE_RANGE_COST_H
#define BASE_RANGE_COST_H

#include "base/range.h"

/* The unit of memory that a density counts for, whatever the size of the kernel's pages. */
#define RANGE_COST_UNIT UINT64_C(4096)

/* The highest density; sums over 2^63 bytes fit into 64 bits. */
#define RANGE_COST_DENSITY_MAX UINT32_C(4096)

struct range_cost {
	struct range range;
	uint32_t density; /* the cost of each RANGE_COST_UNIT bytes, at most RANGE_COST_DENSITY_MAX
			   */
	uint64_t before;  /* what all entries below cost */
};

/* Sorted by address, without overlap, neighbours of the same density merged, none of density 0. */
struct range_costs {
	struct range_cost *entries; /* owned */
	size_t count;
	size_t capacity;
};

/* What a search for a hole asks for; see range_set_find_hole(). */
struct hole_search {
	const struct range_set *set;
	struct range bounds;
	uint64_t size;	    /* bytes */
	uint64_t alignment; /* power of two */
	uint64_t offset;    /* of the start from the alignment; smaller than it */
};

/* A hole and what it costs. */
struct priced_hole {
	struct range hole;
	uint64_t cost;
};

/* Holes by address. */
struct priced_holes {
	struct priced_hole *holes; /* owned */
	size_t count;
	size_t capacity;
};

/* Add @range, which must not lie below the end of the last one. Returns 0 or -ENOMEM. */
int range_costs_add(struct range_costs *costs, struct range range, uint32_t density);

/* The cost of @range. Memory outside the ranges of @costs costs nothing. */
uint64_t range_costs_sum(const struct range_costs *costs, struct range range);

/* Free what it owns and make it empty. */
void range_costs_free(struct range_costs *costs);

/*
 * Find holes that @search asks for, enough of them that the lowest hole and the lowest of the
 * cheapest are among them: between two of those in @holes the cost does not fall below both of
 * theirs. @holes must be empty at first. It stays empty if there is no hole. Returns 0 or -ENOMEM.
 */
int priced_holes_find(struct priced_holes *holes, const struct range_costs *costs,
		      const struct hole_search *search);

/* The lowest of the cheapest that lie inside @bounds, or NULL. */
const struct priced_hole *priced_holes_cheapest(const struct priced_holes *holes,
						struct range bounds);

/* Free what it owns and make it empty. */
void priced_holes_free(struct priced_holes *holes);

#endif
