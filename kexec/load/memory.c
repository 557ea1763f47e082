/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory in which segments may lie: free here, and usable for the next kernel. */
#include <errno.h>
#include <inttypes.h>

#include "load/phases.h"

/*
 * Fill @free with the memory that the running kernel can spare: for a crash kernel the region kept
 * for it, for others everything outside of that region.
 */
static int find_spare(struct range_set *free, const struct load_input *input,
		      const struct load_context *context)
{
	const struct memory_map *map = &input->machine.memory;
	struct range bounds = context->request->memory_bounds;
	int error;

	if (input->crash_region)
		bounds = range_clip(*input->crash_region, bounds);
	error = range_set_intersect(free, &map->ram, bounds);
	if (!error)
		error = range_set_subtract_all(free, &map->reserved);
	if (!error && !input->crash_region)
		error = range_set_subtract_all(free, &map->crash);
	return error;
}

/* The memory that kernel and initrd need at least. */
static uint64_t needed_size(const struct load_input *input)
{
	uint64_t needed;

	return __builtin_add_overflow(input->image.memory_size, input->initrd.size, &needed)
		       ? UINT64_MAX
		       : needed;
}

static int set_aside(struct plan_memory *memory, enum last_resort_kind kind,
		     const struct range_set *ranges)
{
	struct last_resort *resort = &memory->last_resorts[kind];
	int error = range_set_add_common(&resort->ranges, &memory->free, ranges);

	return error ? error : last_resort_close(resort, &memory->free);
}

/*
 * Set aside the room that the next kernel needs for itself, and memory that the platform may take
 * away again. Not for a crash kernel: it has little memory, its region may lie in such memory, and
 * it uses few drivers.
 */
static int leave_room(struct load_layout *layout, const struct load_input *input)
{
	struct plan_memory *memory = &layout->plan.memory;
	const struct next_memory *next = &layout->next_memory;
	int error;

	if (input->crash_region)
		return 0;
	memory->last_resorts[LAST_RESORT_REMOVABLE].warning =
		"only memory that the platform may take away, or has added since boot "
		"(hot-pluggable by the device tree or ACPI's SRAT) fits: load smaller files to "
		"keep the next kernel off it";
	error = set_aside(memory, LAST_RESORT_REMOVABLE, &next->removable);
	return error ? error : set_aside(memory, LAST_RESORT_ROOM, &next->wanted);
}

static uint64_t mebibytes(uint64_t size)
{
	return size >> 20;
}

/*
 * Report too little memory if the device tree is the reason. Else a later message names the segment
 * that finds no hole.
 */
static int check_size(const struct load_layout *layout, const struct load_input *input,
		      const struct load_context *context, const struct range_set *spare)
{
	const struct next_memory *next = &layout->next_memory;
	const uint64_t needed = needed_size(input);
	const uint64_t free = range_set_size(&layout->plan.memory.free);
	const uint64_t ram = range_set_size(&next->ram);

	if (free >= needed || range_set_size(spare) < needed)
		return 0;
	return log_error(
		context->log, -ENOSPC,
		"device tree %s leaves too little memory: kernel and initrd need %" PRIu64
		" MiB, and of the %" PRIu64 " MiB that are free here it lets the next "
		"kernel use %" PRIu64 " MiB (it names %" PRIu64 " MiB of RAM and reserves %" PRIu64
		" of them): name a tree for this system",
		input->tree.source, mebibytes(needed - 1) + 1, mebibytes(range_set_size(spare)),
		mebibytes(free), mebibytes(ram), mebibytes(ram - range_set_size(&next->usable)));
}

/* @free is an empty set for the memory that the running kernel can spare. */
static int find_free_memory(struct load_layout *layout, const struct load_input *input,
			    const struct load_context *context, struct range_set *spare)
{
	struct plan_memory *memory = &layout->plan.memory;
	int error = find_spare(spare, input, context);

	if (!error)
		error = range_set_add_common(&memory->free, spare, &layout->next_memory.usable);
	if (!error) {
		memory->limited_by_tree = range_set_size(&memory->free) < range_set_size(spare);
		error = check_size(layout, input, context, spare);
		if (error)
			return error;
		error = leave_room(layout, input);
	}
	return error ? log_error(context->log, error, "no memory for the memory map") : 0;
}

int memory_find_free(struct load_layout *layout, const struct load_input *input,
		     const struct load_context *context)
{
	struct plan_memory *memory = &layout->plan.memory;
	struct range_set spare = {0};
	int error;

	memory->map = &input->machine.memory;
	memory->next = &layout->next_memory;
	memory->bounds = context->request->memory_bounds;
	memory->page_size = input->machine.page_size;
	memory->load_limit = input->machine.ram_size / 2;
	memory->crash_region = input->crash_region;
	error = next_memory_read(&layout->next_memory, input->tree.devicetree->fdt, memory->map,
				 context->arch, input->tree.source, context->log);
	if (!error)
		error = find_free_memory(layout, input, context, &spare);
	range_set_free(&spare);
	return error;
}
