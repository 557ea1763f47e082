/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ranges of physical memory and their algebra. Every range is half-open, [start, end), so that it
 * can be empty. The last byte of the address space is therefore out of reach. No machine needs it.
 */
#ifndef BASE_RANGE_H
#define BASE_RANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct range {
	uint64_t start;
	uint64_t end; /* one past the last byte; never below start */
};

/* A growing set of ranges: sorted by address, without overlap, neighbours merged, none empty. */
struct range_set {
	struct range *ranges; /* owned */
	size_t count;
	size_t capacity;
};

static inline uint64_t range_size(struct range range)
{
	return range.end - range.start;
}

static inline bool range_overlap(struct range a, struct range b)
{
	return a.start < b.end && b.start < a.end;
}

static inline bool range_contain(struct range outer, struct range inner)
{
	return outer.start <= inner.start && inner.end <= outer.end;
}

/* The part of @range inside @bounds; empty if they have nothing in common. */
struct range range_clip(struct range range, struct range bounds);

/*
 * Make @range from an address and a size.
 * Returns 0, or -EOVERFLOW where the end lies beyond the address space.
 */
int range_make(struct range *range, uint64_t start, uint64_t size);

/*
 * Round @value up to @alignment, a power of two.
 * Returns 0, or -EOVERFLOW.
 */
int align_up(uint64_t *aligned, uint64_t value, uint64_t alignment);

/* Round @value down to @alignment, a power of two. */
uint64_t align_down(uint64_t value, uint64_t alignment);

/* Unite the set with @range. Returns 0, or -ENOMEM with the set unchanged. */
int range_set_add(struct range_set *set, struct range range);

/* Unite the set with all ranges of @added. Returns 0, or -ENOMEM with the set unchanged. */
int range_set_add_all(struct range_set *set, const struct range_set *added);

/* Take @range out of the set. Returns 0, or -ENOMEM with the set unchanged. */
int range_set_subtract(struct range_set *set, struct range range);

/* Take all ranges of @taken out of the set. Returns 0 or -ENOMEM, the set then being unchanged. */
int range_set_subtract_all(struct range_set *set, const struct range_set *taken);

/* Copy the part of @set that lies inside @bounds to @result, an empty set. 0 or -ENOMEM. */
int range_set_intersect(struct range_set *result, const struct range_set *set, struct range bounds);

/* Unite @result with what @a and @b have in common. Returns 0 or -ENOMEM. */
int range_set_add_common(struct range_set *result, const struct range_set *a,
			 const struct range_set *b);

/* True if @range lies inside one range of the set. */
bool range_set_contain(const struct range_set *set, struct range range);

/* The lowest range of the set that has a byte in common with @range, or NULL. */
const struct range *range_set_find_overlap(const struct range_set *set, struct range range);

/* Sum of all sizes in bytes. */
uint64_t range_set_size(const struct range_set *set);

/* The largest range of the set, for messages; an empty range if there is none. */
struct range range_set_largest(const struct range_set *set);

/*
 * Find a hole: the lowest @hole of @size bytes inside @bounds and inside the set whose start is
 * aligned to @alignment (a power of two) plus @offset. Returns 0, -ENOSPC or -EOVERFLOW.
 */
int range_set_find_hole(struct range *hole, const struct range_set *set, struct range bounds,
			uint64_t size, uint64_t alignment, uint64_t offset);

/* Free what the set owns and make it empty. */
void range_set_free(struct range_set *set);

#endif
