/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ranges of physical memory: union, difference, intersection and the search for a hole.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/range.h"

int range_make(struct range *range, uint64_t start, uint64_t size)
{
	uint64_t end;

	if (__builtin_add_overflow(start, size, &end))
		return -EOVERFLOW;
	*range = (struct range){start, end};
	return 0;
}

int align_up(uint64_t *aligned, uint64_t value, uint64_t alignment)
{
	uint64_t sum;

	if (__builtin_add_overflow(value, alignment - 1, &sum))
		return -EOVERFLOW;
	*aligned = align_down(sum, alignment);
	return 0;
}

uint64_t align_down(uint64_t value, uint64_t alignment)
{
	return value & ~(alignment - 1);
}

struct range range_clip(struct range range, struct range bounds)
{
	struct range clipped = {
		.start = range.start > bounds.start ? range.start : bounds.start,
		.end = range.end < bounds.end ? range.end : bounds.end,
	};

	if (clipped.end < clipped.start)
		clipped.end = clipped.start;
	return clipped;
}

static int range_set_reserve(struct range_set *set, size_t count)
{
	size_t capacity = set->capacity ? set->capacity : 16;
	struct range *ranges;

	if (count <= set->capacity)
		return 0;
	while (capacity < count) {
		if (__builtin_mul_overflow(capacity, 2, &capacity))
			return -ENOMEM;
	}
	ranges = reallocarray(set->ranges, capacity, sizeof(*ranges));
	if (!ranges)
		return -ENOMEM;
	set->ranges = ranges;
	set->capacity = capacity;
	return 0;
}

/* Replace the ranges [first, last) by @count @pieces. A set changes in no other way. */
static int range_set_replace(struct range_set *set, size_t first, size_t last,
			     const struct range *pieces, size_t count)
{
	size_t total = set->count - (last - first) + count;
	int result = range_set_reserve(set, total);

	if (result)
		return result;
	if (!total) {
		set->count = 0;
		return 0;
	}
	memmove(&set->ranges[first + count], &set->ranges[last],
		(set->count - last) * sizeof(*set->ranges));
	memcpy(&set->ranges[first], pieces, count * sizeof(*pieces));
	set->count = total;
	return 0;
}

/* The index of the first range that ends at @address or above, set->count if none does. */
static size_t find_ending_from(const struct range_set *set, uint64_t address)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (set->ranges[middle].end < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The index of the first range that ends above @address: the only one that may contain it. */
static size_t find_ending_above(const struct range_set *set, uint64_t address)
{
	const size_t index = find_ending_from(set, address);

	return index < set->count && set->ranges[index].end == address ? index + 1 : index;
}

int range_set_add(struct range_set *set, struct range range)
{
	size_t first, last;

	if (!range_size(range))
		return 0;

	/* [first, last) overlap @range or touch it: one union replaces them all. */
	first = find_ending_from(set, range.start);
	last = first;
	while (last < set->count && set->ranges[last].start <= range.end)
		last++;
	if (first < last) {
		if (set->ranges[first].start < range.start)
			range.start = set->ranges[first].start;
		if (set->ranges[last - 1].end > range.end)
			range.end = set->ranges[last - 1].end;
	}
	return range_set_replace(set, first, last, &range, 1);
}

/*
 * One pass over both, as in range_set_subtract_all(), because adding behind the last range is
 * cheap.
 */
int range_set_add_all(struct range_set *set, const struct range_set *added)
{
	struct range_set all = {0};
	size_t i = 0, j = 0;
	int error = 0;

	while ((i < set->count || j < added->count) && !error) {
		const bool own = j == added->count ||
				 (i < set->count && set->ranges[i].start < added->ranges[j].start);

		error = range_set_add(&all, own ? set->ranges[i++] : added->ranges[j++]);
	}
	if (error) {
		range_set_free(&all);
		return error;
	}
	range_set_free(set);
	*set = all;
	return 0;
}

int range_set_subtract(struct range_set *set, struct range range)
{
	struct range pieces[2];
	size_t count = 0;
	size_t first, last;

	if (!range_size(range))
		return 0;

	first = find_ending_above(set, range.start);
	last = first;
	while (last < set->count && set->ranges[last].start < range.end)
		last++;
	if (first == last)
		return 0;

	/* The parts that lie outside of @range stay. */
	if (set->ranges[first].start < range.start)
		pieces[count++] = (struct range){set->ranges[first].start, range.start};
	if (set->ranges[last - 1].end > range.end)
		pieces[count++] = (struct range){range.end, set->ranges[last - 1].end};
	return range_set_replace(set, first, last, pieces, count);
}

/* Add what is left of @range when the ranges of @taken, from @next on, are taken out of it. */
static int add_rest(struct range_set *rest, struct range range, const struct range_set *taken,
		    size_t next)
{
	int error = 0;

	for (; next < taken->count && taken->ranges[next].start < range.end && !error; next++) {
		const struct range hole = taken->ranges[next];

		if (hole.start > range.start)
			error = range_set_add(rest, (struct range){range.start, hole.start});
		range.start = hole.end < range.end ? hole.end : range.end;
	}
	return error ? error : range_set_add(rest, range);
}

/*
 * One pass over both, because taking thousands of ranges out one by one moves the rest each time.
 */
int range_set_subtract_all(struct range_set *set, const struct range_set *taken)
{
	struct range_set rest = {0};
	size_t next = 0;
	int error = 0;

	if (!taken->count)
		return 0;
	for (size_t i = 0; i < set->count && !error; i++) {
		const struct range range = set->ranges[i];

		while (next < taken->count && taken->ranges[next].end <= range.start)
			next++;
		error = add_rest(&rest, range, taken, next);
	}
	if (error) {
		range_set_free(&rest);
		return error;
	}
	range_set_free(set);
	*set = rest;
	return 0;
}

int range_set_intersect(struct range_set *result, const struct range_set *set, struct range bounds)
{
	size_t i;
	int error = 0;

	for (i = 0; i < set->count && !error; i++)
		error = range_set_add(result, range_clip(set->ranges[i], bounds));
	if (error)
		range_set_free(result);
	return error;
}

int range_set_add_common(struct range_set *result, const struct range_set *a,
			 const struct range_set *b)
{
	int error = 0;

	for (size_t i = 0; i < a->count && !error; i++) {
		const struct range range = a->ranges[i];

		for (size_t j = find_ending_above(b, range.start);
		     j < b->count && b->ranges[j].start < range.end && !error; j++)
			error = range_set_add(result, range_clip(range, b->ranges[j]));
	}
	return error;
}

bool range_set_contain(const struct range_set *set, struct range range)
{
	const size_t index = find_ending_from(set, range.end);

	return index < set->count && range_contain(set->ranges[index], range);
}

const struct range *range_set_find_overlap(const struct range_set *set, struct range range)
{
	const size_t index = find_ending_above(set, range.start);

	return index < set->count && range_overlap(set->ranges[index], range) ? &set->ranges[index]
									      : NULL;
}

uint64_t range_set_size(const struct range_set *set)
{
	uint64_t size = 0;
	size_t i;

	for (i = 0; i < set->count; i++)
		size += range_size(set->ranges[i]);
	return size;
}

struct range range_set_largest(const struct range_set *set)
{
	struct range largest = {0, 0};
	size_t i;

	for (i = 0; i < set->count; i++) {
		if (range_size(set->ranges[i]) > range_size(largest))
			largest = set->ranges[i];
	}
	return largest;
}

/* The lowest address not below @minimum that is a multiple of @alignment plus @offset. */
static int align_up_to_offset(uint64_t *aligned, uint64_t minimum, uint64_t alignment,
			      uint64_t offset)
{
	uint64_t base = 0;

	if (minimum > offset && align_up(&base, minimum - offset, alignment))
		return -EOVERFLOW;
	if (__builtin_add_overflow(base, offset, aligned))
		return -EOVERFLOW;
	return 0;
}

int range_set_find_hole(struct range *hole, const struct range_set *set, struct range bounds,
			uint64_t size, uint64_t alignment, uint64_t offset)
{
	size_t i;

	if (bounds.end < bounds.start || size > range_size(bounds))
		return -ENOSPC;

	for (i = find_ending_from(set, bounds.start); i < set->count; i++) {
		struct range room = range_clip(set->ranges[i], bounds);
		struct range candidate;
		uint64_t start;

		/* An address beyond the address space is beyond every later range too. */
		if (align_up_to_offset(&start, room.start, alignment, offset) ||
		    range_make(&candidate, start, size))
			return -EOVERFLOW;
		if (range_contain(room, candidate)) {
			*hole = candidate;
			return 0;
		}
	}
	return -ENOSPC;
}

void range_set_free(struct range_set *set)
{
	free(set->ranges);
	*set = (struct range_set){0};
}
