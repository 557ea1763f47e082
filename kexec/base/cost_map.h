/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ranges of physical memory with a cost, and the cheapest hole among them.
 */
#ifndef BASE_COST_MAP_H
#define BASE_COST_MAP_H

#include "base/range.h"

/* The unit of memory that a density counts for, whatever the size of the kernel's pages. */
#define COST_MAP_UNIT UINT64_C(4096)

/* The highest density; sums over 2^63 bytes fit into 64 bits. */
#define COST_MAP_DENSITY_MAX UINT32_C(4096)

struct cost_map_entry {
	struct range range;
	uint32_t density; /* the cost of each COST_MAP_UNIT bytes, at most COST_MAP_DENSITY_MAX
			   */
	uint64_t before;  /* what all entries below cost */
};

/* Sorted by address, without overlap, neighbours of the same density merged, none of density 0. */
struct cost_map {
	struct cost_map_entry *entries; /* owned */
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
struct cost_map_hole {
	struct range hole;
	uint64_t cost;
};

/* Holes by address. */
struct cost_map_holes {
	struct cost_map_hole *holes; /* owned */
	size_t count;
	size_t capacity;
};

/* Add @range, which must not lie below the end of the last one. Returns 0 or -ENOMEM. */
int cost_map_add(struct cost_map *costs, struct range range, uint32_t density);

/* The cost of @range. Memory outside the ranges of @costs costs nothing. */
uint64_t cost_map_sum(const struct cost_map *costs, struct range range);

/* Free what it owns and make it empty. */
void cost_map_free(struct cost_map *costs);

/*
 * Find holes that @search asks for, enough of them that the lowest hole and the lowest of the
 * cheapest are among them. No hole between two neighbours in @holes is cheaper than both. @holes
 * must be empty at first. It stays empty if there is no hole. Returns 0 or -ENOMEM.
 */
int cost_map_find_holes(struct cost_map_holes *holes, const struct cost_map *costs,
			const struct hole_search *search);

/* The lowest of the cheapest that lie inside @bounds, or NULL. */
const struct cost_map_hole *cost_map_find_cheapest(const struct cost_map_holes *holes,
						   struct range bounds);

/* Free what it owns and make it empty. */
void cost_map_free_holes(struct cost_map_holes *holes);

#endif
