/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Costs of ranges, and the search for the cheapest hole.
 */
#include "base/cost_map.h"

#include <errno.h>
#include <stdlib.h>

/* The capacity to which an array of @capacity elements grows. */
static size_t larger_capacity(size_t capacity)
{
	return capacity ? capacity * 2 : 64;
}

/* A new last entry, or NULL without memory. */
static struct cost_map_entry *append_entry(struct cost_map *costs)
{
	if (costs->count == costs->capacity) {
		const size_t capacity = larger_capacity(costs->capacity);
		struct cost_map_entry *moved =
			reallocarray(costs->entries, capacity, sizeof(*moved));

		if (!moved)
			return NULL;
		costs->entries = moved;
		costs->capacity = capacity;
	}
	return &costs->entries[costs->count++];
}

/* The cost of the part of @range that lies in an entry. */
static uint64_t cost_of(const struct cost_map_entry *entry, struct range range)
{
	return range_size(range_clip(entry->range, range)) / COST_MAP_UNIT * entry->density;
}

int cost_map_add(struct cost_map *costs, struct range range, uint32_t density)
{
	struct cost_map_entry *entry = costs->count ? &costs->entries[costs->count - 1] : NULL;

	if (!range_size(range) || !density)
		return 0;
	if (entry && entry->density == density && entry->range.end == range.start) {
		entry->range.end = range.end;
		return 0;
	}
	entry = append_entry(costs);
	if (!entry)
		return -ENOMEM;
	*entry = (struct cost_map_entry){range, density, 0};
	if (costs->count > 1)
		entry->before = entry[-1].before + cost_of(&entry[-1], entry[-1].range);
	return 0;
}

/* The index of the first range that ends above @address. */
static size_t find_first(const struct cost_map *costs, uint64_t address)
{
	size_t low = 0, high = costs->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (costs->entries[middle].range.end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint64_t cost_map_sum(const struct cost_map *costs, struct range range)
{
	const size_t first = find_first(costs, range.start);
	size_t last = find_first(costs, range.end);
	uint64_t sum;

	/* The last one that has a part of the range. */
	if (last == costs->count || costs->entries[last].range.start >= range.end) {
		if (last == 0)
			return 0;
		last--;
	}
	if (last < first)
		return 0;
	sum = cost_of(&costs->entries[first], range);
	if (last > first)
		sum += costs->entries[last].before - costs->entries[first + 1].before +
		       cost_of(&costs->entries[last], range);
	return sum;
}

void cost_map_free(struct cost_map *costs)
{
	free(costs->entries);
	*costs = (struct cost_map){0};
}

/* One search: the costs, what it asks for, and the holes that it has found. */
struct pricing {
	const struct cost_map *costs;
	const struct hole_search *search;
	struct cost_map_holes *holes;
};

/* A new last hole, or NULL without memory. */
static struct cost_map_hole *append_hole(struct cost_map_holes *holes)
{
	if (holes->count == holes->capacity) {
		const size_t capacity = larger_capacity(holes->capacity);
		struct cost_map_hole *moved = reallocarray(holes->holes, capacity, sizeof(*moved));

		if (!moved)
			return NULL;
		holes->holes = moved;
		holes->capacity = capacity;
	}
	return &holes->holes[holes->count++];
}

/* Add the lowest hole that starts at @minimum or above and lies inside @room. 0 or -ENOMEM. */
static int add_hole(const struct pricing *pricing, struct range room, uint64_t minimum)
{
	const struct hole_search *search = pricing->search;
	const struct range_set set = {.ranges = &room, .count = 1};
	struct range bounds = {minimum, room.end};
	struct cost_map_hole *added;
	struct range hole;

	if (minimum >= room.end || range_set_find_hole(&hole, &set, bounds, search->size,
						       search->alignment, search->offset))
		return 0;
	added = append_hole(pricing->holes);
	if (!added)
		return -ENOMEM;
	*added = (struct cost_map_hole){hole, cost_map_sum(pricing->costs, hole)};
	return 0;
}

/*
 * Add holes for one edge of costs: the first that starts there, the last that ends there. Rounding
 * up to the alignment may step over one of them, so the hole before is added as well.
 */
static int add_holes_at(const struct pricing *pricing, struct range room, uint64_t edge)
{
	const uint64_t size = pricing->search->size;
	const uint64_t alignment = pricing->search->alignment;
	const uint64_t starts[] = {
		edge > size + alignment ? edge - size - alignment : 0,
		edge > size ? edge - size : 0,
		edge > alignment ? edge - alignment : 0,
		edge,
	};
	int error = 0;

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]) && !error; i++)
		if (starts[i] >= room.start)
			error = add_hole(pricing, room, starts[i]);
	return error;
}

/* The cost changes its slope only where a hole's start or end meets an edge. */
static int add_holes_in(const struct pricing *pricing, struct range room)
{
	const struct cost_map *costs = pricing->costs;
	int error = add_hole(pricing, room, room.start);

	for (size_t i = find_first(costs, room.start); i < costs->count && !error; i++) {
		const struct range range = costs->entries[i].range;

		if (range.start >= room.end)
			break;
		error = add_holes_at(pricing, room, range.start);
		if (!error)
			error = add_holes_at(pricing, room, range.end);
	}
	return error ? error : add_holes_at(pricing, room, room.end);
}

/* For qsort: by address. */
static int compare_holes(const void *a, const void *b)
{
	const struct cost_map_hole *left = a;
	const struct cost_map_hole *right = b;

	return (left->hole.start > right->hole.start) - (left->hole.start < right->hole.start);
}

int cost_map_find_holes(struct cost_map_holes *holes, const struct cost_map *costs,
			const struct hole_search *search)
{
	const struct pricing pricing = {costs, search, holes};
	int error = 0;

	for (size_t i = 0; i < search->set->count && !error; i++) {
		const struct range room = range_clip(search->set->ranges[i], search->bounds);

		if (range_size(room) >= search->size)
			error = add_holes_in(&pricing, room);
	}
	if (error)
		cost_map_free_holes(holes);
	else if (holes->count)
		qsort(holes->holes, holes->count, sizeof(*holes->holes), compare_holes);
	return error;
}

const struct cost_map_hole *cost_map_find_cheapest(const struct cost_map_holes *holes,
						   struct range bounds)
{
	const struct cost_map_hole *cheapest = NULL;

	for (size_t i = 0; i < holes->count; i++) {
		const struct cost_map_hole *hole = &holes->holes[i];

		if (hole->hole.end > bounds.end && hole->hole.start >= bounds.end)
			break;
		if (range_contain(bounds, hole->hole) && (!cheapest || hole->cost < cheapest->cost))
			cheapest = hole;
		if (cheapest && cheapest->cost == 0)
			break;
	}
	return cheapest;
}

void cost_map_free_holes(struct cost_map_holes *holes)
{
	free(holes->holes);
	*holes = (struct cost_map_holes){0};
}
