/* SPDX-License-Identifier: GPL-2.0-only */
/* Which memory segments may lie in: free here, and memory to the next kernel. */
#include <errno.h>
#include <inttypes.h>

#include "load/state.h"
#include "machine/fdt_query.h"
#include "plan/fdt_prepare.h"

/*
 * Remove what no longer holds from the tree, and fill in what it lacks. Memory reservations of
 * firmware are lost with its tree, but /proc/iomem shows some.
 */
int load_prepare_tree(struct load *load)
{
	struct load_tree *tree = &load->tree;
	struct range_set firmware = {0};
	const struct fdt_prepare request = {
		.source = tree->source,
		.running = &load->machine.devicetree,
		.reservations = &firmware,
	};
	int error = 0;

	if (tree->devicetree->flattened)
		error = memory_map_add_firmware_reserved(&firmware, &load->machine.memory);
	if (error)
		log_error(load->log, error, "no memory for the memory map");
	else
		error = fdt_prepare_for_next(&tree->prepared, tree->devicetree, &request,
					     load->log);
	range_set_free(&firmware);
	tree->devicetree = &tree->prepared;
	return error;
}

const char *load_next_command_line(const struct load *load)
{
	return load->command_line
		       ? load->command_line
		       : fdt_query_string(load->tree.devicetree->fdt, "/chosen", "bootargs");
}

/* Fill @free with what the running kernel can spare: a crash kernel's in the region kept for it,
 * all others' nowhere in there. */
static int find_spare(struct range_set *free, const struct load *load)
{
	const struct memory_map *map = &load->machine.memory;
	struct range bounds = load->options->memory_bounds;
	int error;

	if (load->crash_region)
		bounds = range_clip(*load->crash_region, bounds);
	error = range_set_intersect(free, &map->ram, bounds);
	if (!error)
		error = range_set_subtract_all(free, &map->reserved);
	if (!error && !load->crash_region)
		error = range_set_subtract_all(free, &map->crash);
	return error;
}

/* What kernel and initrd take at least. */
static uint64_t needed_size(const struct load *load)
{
	uint64_t needed;

	return __builtin_add_overflow(load->image.memory_size, load->initrd.size, &needed)
		       ? UINT64_MAX
		       : needed;
}

/*
 * Leave out the room that the next kernel wants for itself where there is plenty without. A crash
 * kernel has little, and does without most drivers.
 */
static int leave_room(struct range_set *free, const struct load *load)
{
	const struct range_set *wanted = &load->next_memory.wanted;
	struct range_set rest = {0};
	int error;

	if (load->crash_region || !wanted->count)
		return 0;
	error = range_set_intersect(&rest, free, (struct range){0, UINT64_MAX});
	if (!error)
		error = range_set_subtract_all(&rest, wanted);
	if (!error && range_set_size(&rest) / 2 >= needed_size(load)) {
		range_set_free(free);
		*free = rest;
		return 0;
	}
	range_set_free(&rest);
	return error;
}

static uint64_t mebibytes(uint64_t size)
{
	return size >> 20;
}

/* Say it where the tree is the reason. Elsewhere the segment that finds no hole is named. */
static int check_size(const struct load *load, const struct range_set *spare)
{
	const struct next_memory *next = &load->next_memory;
	const uint64_t needed = needed_size(load);
	const uint64_t free = range_set_size(&load->plan.memory.free);
	const uint64_t ram = range_set_size(&next->ram);

	if (free >= needed || range_set_size(spare) < needed)
		return 0;
	return log_error(
		load->log, -ENOSPC,
		"device tree %s leaves too little memory: kernel and initrd need %" PRIu64
		" MiB, and of the %" PRIu64 " MiB that are free here it lets the next "
		"kernel use %" PRIu64 " MiB (it names %" PRIu64 " MiB of RAM and reserves %" PRIu64
		" of them): name a tree for this system",
		load->tree.source, mebibytes(needed - 1) + 1, mebibytes(range_set_size(spare)),
		mebibytes(free), mebibytes(ram), mebibytes(ram - range_set_size(&next->usable)));
}

/* @free: an empty set for what the running kernel can spare. */
static int find_free_memory(struct load *load, struct range_set *spare)
{
	struct plan_memory *memory = &load->plan.memory;
	int error = find_spare(spare, load);

	if (!error)
		error = range_set_add_common(&memory->free, spare, &load->next_memory.usable);
	if (!error) {
		memory->limited_by_tree = range_set_size(&memory->free) < range_set_size(spare);
		error = leave_room(&memory->free, load);
	}
	if (error)
		return log_error(load->log, error, "no memory for the memory map");
	return check_size(load, spare);
}

int load_find_free_memory(struct load *load)
{
	struct plan_memory *memory = &load->plan.memory;
	struct range_set spare = {0};
	int error;

	memory->map = &load->machine.memory;
	memory->next = &load->next_memory;
	memory->bounds = load->options->memory_bounds;
	memory->page_size = load->machine.page_size;
	memory->load_limit = load->machine.ram_size / 2;
	memory->crash_region = load->crash_region;
	error = next_memory_read(&load->next_memory, load->tree.devicetree->fdt, memory->map,
				 load->tree.source, load->log);
	if (!error)
		error = find_free_memory(load, &spare);
	range_set_free(&spare);
	return error;
}
