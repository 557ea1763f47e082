/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory drawn to scale.
 */
#include "show/memory_bars.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "show/words.h"

/* Segments that are not farther apart than this are near each other, whatever their sizes. */
#define NEAR_MIN (UINT64_C(16) << 20)

/* Ranges with gaps between them that are at most @gap bytes become one. Returns 0 or -ENOMEM. */
static int merge_near(struct range_set *merged, const struct range_set *set, uint64_t gap)
{
	for (size_t i = 0; i < set->count; i++) {
		struct range range = set->ranges[i];

		if (merged->count) {
			const struct range last = merged->ranges[merged->count - 1];

			if (range.start - last.end <= gap)
				range.start = last.end;
		}
		if (range_set_add(merged, range))
			return -ENOMEM;
	}
	return 0;
}

/* The smallest cell with which no range has more than @width cells. */
static uint64_t choose_cell(const struct range_set *set, unsigned int width, uint64_t least)
{
	uint64_t cell = least;

	for (size_t i = 0; i < set->count; i++) {
		const struct range range = set->ranges[i];

		while (cell < UINT64_MAX / 4 &&
		       (range.end - 1) / cell - range.start / cell + 1 > width)
			cell *= 2;
	}
	return cell;
}

/* The letter of the segments in @cell; 0: there are none. */
static char find_segments(const struct plan *plan, struct range cell)
{
	char found = 0;

	for (size_t i = 0; plan && i < plan->segment_count; i++) {
		const struct segment *segment = &plan->segments[i];
		const struct range range = {segment->address,
					    segment->address + segment->memory_size};

		if (!range_overlap(range, cell))
			continue;
		if (found && found != words_letter(segment->role))
			return BAR_SEVERAL;
		found = words_letter(segment->role);
	}
	return found;
}

/* How many bytes of @cell are in the set. */
static uint64_t count_inside(const struct range_set *set, struct range cell)
{
	uint64_t size = 0;

	for (size_t i = 0; i < set->count; i++)
		size += range_size(range_clip(set->ranges[i], cell));
	return size;
}

static char choose_letter(const struct plan_view *view, struct range cell)
{
	const struct memory_map *map = &view->machine->memory;
	const char segments = find_segments(view->plan, cell);
	const uint64_t ram = count_inside(&map->ram, cell);

	if (segments)
		return segments;
	if (!ram)
		return BAR_NONE;
	if (count_inside(&map->crash, cell))
		return BAR_CRASH;
	if (range_overlap(map->kernel, cell) && range_size(map->kernel))
		return BAR_RUNNING;
	return count_inside(&map->reserved, cell) > ram / 2 ? BAR_RESERVED : BAR_FREE;
}

static int fill_bar(struct memory_bar *bar, uint64_t cell, const struct plan_view *view)
{
	const size_t count = (size_t)((bar->range.end - 1) / cell - bar->range.start / cell + 1);

	bar->range.start = align_down(bar->range.start, cell);
	bar->cells = calloc(count + 1, 1);
	if (!bar->cells)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const uint64_t start = bar->range.start + i * cell;

		bar->cells[i] = choose_letter(view, (struct range){start, start + cell});
	}
	return 0;
}

/* Make a bar of each range. */
static int make(struct memory_bars *bars, const struct range_set *ranges,
		const struct plan_view *view)
{
	int error = 0;

	bars->bars = calloc(ranges->count, sizeof(*bars->bars));
	if (!bars->bars)
		return -ENOMEM;
	for (; bars->count < ranges->count && !error; bars->count++) {
		struct memory_bar *bar = &bars->bars[bars->count];

		bar->range = ranges->ranges[bars->count];
		error = fill_bar(bar, bars->cell, view);
	}
	return error;
}

int memory_bars_make_ram(struct memory_bars *bars, const struct plan_view *view, unsigned int width)
{
	const struct range_set *ram = &view->machine->memory.ram;
	const uint64_t gap =
		range_set_largest(ram).end ? range_size(range_set_largest(ram)) / 4 : 0;
	struct range_set banks = {0};
	int error = merge_near(&banks, ram, gap);

	*bars = (struct memory_bars){0};
	if (!error && banks.count) {
		bars->cell = choose_cell(&banks, width, view->machine->page_size);
		error = make(bars, &banks, view);
	}
	range_set_free(&banks);
	return error;
}

int memory_bars_make_segments(struct memory_bars *bars, const struct plan_view *view,
			      unsigned int width)
{
	struct range_set segments = {0}, near = {0};
	uint64_t gap;
	int error = 0;

	*bars = (struct memory_bars){0};
	for (size_t i = 0; i < view->plan->segment_count && !error; i++) {
		const struct segment *segment = &view->plan->segments[i];

		error = range_set_add(
			&segments,
			(struct range){segment->address, segment->address + segment->memory_size});
	}
	gap = range_set_size(&segments);
	if (!error)
		error = merge_near(&near, &segments, gap < NEAR_MIN ? NEAR_MIN : gap);
	if (!error && near.count) {
		bars->cell = choose_cell(&near, width, view->machine->page_size);
		error = make(bars, &near, view);
	}
	range_set_free(&near);
	range_set_free(&segments);
	return error;
}

void memory_bars_free(struct memory_bars *bars)
{
	for (size_t i = 0; i < bars->count; i++)
		free(bars->bars[i].cells);
	free(bars->bars);
	*bars = (struct memory_bars){0};
}
