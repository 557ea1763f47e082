/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory nodes and reservations, read as Linux reads them: early_init_dt_scan_memory() and
 * early_init_fdt_scan_reserved_mem() in drivers/of/fdt.c, drivers/of/of_reserved_mem.c.
 */
#include "plan/next_memory.h"

#include <errno.h>
#include <inttypes.h>
#include <libfdt.h>
#include <string.h>

#include "arch/arch.h"
#include "devicetree/fdt_query.h"
#include "devicetree/fdt_reserved.h"

/*
 * The tree is mapped cacheable in blocks of up to 2 MiB, and 2 MiB from its start on whatever its
 * size: Documentation/arch/arm64/booting.rst, "Setup the device tree"; fixmap_remap_fdt() in
 * arch/arm64/mm/fixmap.c, map_fdt() in arch/arm64/kernel/pi/map_kernel.c. riscv64 maps two such
 * blocks, even if the tree begins at the start of the first (arch->dtb_blocks).
 */
#define DTB_BLOCK_SIZE (UINT64_C(2) << 20)

/*
 * With the MMU off a CPU may fetch from the granule of an instruction and from the next one (Arm
 * ARM, "Behavior of instruction fetches when all associated stages of translation are disabled");
 * the granule may be the largest one.
 */
#define CODE_MARGIN PAGE_SIZE_MAX

/* CMA areas are aligned to pageblocks: 4 MiB with pages of 4 KiB, in kernels before 5.19. */
#define CMA_ALIGNMENT (UINT64_C(4) << 20)

/*
 * Collect the memory that the platform may take away again, because segments must stay. With EFI it
 * is also memory that the platform may have added since boot: then EFI's memory map, which is
 * handed on, lacks it.
 */
static int read_removable(struct next_memory *memory, const void *fdt, const struct memory_map *map)
{
	int node, error = 0;

	if (fdt_query_efi(fdt))
		return range_set_add_common(&memory->removable, &memory->ram, &map->hot_pluggable);
	fdt_for_each_subnode(node, fdt, 0) if (!error && fdt_query_is_memory(fdt, node) &&
					       fdt_getprop(fdt, node, "hotpluggable", NULL)) error =
		fdt_query_ranges(fdt, node, "reg", &memory->removable);
	return error;
}

/* Find the highest hole, because Linux allocates from the top. */
static bool find_highest_hole(struct range *hole, const struct range_set *set, uint64_t size,
			      uint64_t alignment)
{
	for (size_t i = set->count; i-- > 0;) {
		const struct range range = set->ranges[i];

		if (range_size(range) < size)
			continue;
		hole->start = align_down(range.end - size, alignment);
		hole->end = hole->start + size;
		if (hole->start >= range.start)
			return true;
	}
	return false;
}

/* A reservation for which the next kernel finds a place. */
struct dynamic {
	uint64_t size;
	uint64_t alignment;
	struct range_set where; /* owned; empty: anywhere */
};

static int read_dynamic(struct dynamic *dynamic, const void *fdt, int node)
{
	*dynamic = (struct dynamic){.alignment = 1};
	if (fdt_query_u64(fdt, node, "alignment", &dynamic->alignment) || !dynamic->alignment ||
	    (dynamic->alignment & (dynamic->alignment - 1)))
		dynamic->alignment = 1;
	if (fdt_getprop(fdt, node, "reusable", NULL) && dynamic->alignment < CMA_ALIGNMENT)
		dynamic->alignment = CMA_ALIGNMENT;
	fdt_query_u64(fdt, node, "size", &dynamic->size);
	return fdt_query_ranges(fdt, node, "alloc-ranges", &dynamic->where);
}

/*
 * Leave room for it in what is left of @free. If there is none, that is not because of our
 * segments.
 */
static int want_room(struct next_memory *memory, struct range_set *free,
		     const struct dynamic *dynamic)
{
	struct range_set inside = {0};
	struct range hole;
	int error;

	if (dynamic->where.count)
		error = range_set_add_common(&inside, free, &dynamic->where);
	else
		error = range_set_intersect(&inside, free, (struct range){0, UINT64_MAX});
	if (!error && find_highest_hole(&hole, &inside, dynamic->size, dynamic->alignment)) {
		error = range_set_subtract(free, hole);
		if (!error)
			error = range_set_add(&memory->wanted, hole);
	}
	range_set_free(&inside);
	return error;
}

static int read_wanted(struct next_memory *memory, const void *fdt)
{
	const int parent = fdt_path_offset(fdt, "/reserved-memory");
	struct range_set free = {0};
	int node, error;

	if (parent < 0)
		return 0;
	error = range_set_intersect(&free, &memory->usable, (struct range){0, UINT64_MAX});
	if (!error)
		error = range_set_subtract_all(&free, &memory->removable);
	fdt_for_each_subnode(node, fdt, parent)
	{
		struct dynamic dynamic;

		if (error || !fdt_query_available(fdt, node) || fdt_getprop(fdt, node, "reg", NULL))
			continue;
		error = read_dynamic(&dynamic, fdt, node);
		if (!error && dynamic.size)
			error = want_room(memory, &free, &dynamic);
		range_set_free(&dynamic.where);
	}
	range_set_free(&free);
	return error;
}

static int describe(struct next_memory *memory, const void *fdt, const struct memory_map *map,
		    const struct fdt_reserved *reserved)
{
	const struct range everything = {0, UINT64_MAX};
	int error;

	if (fdt_query_efi(fdt))
		error = range_set_intersect(&memory->ram, &map->ram, everything);
	else
		error = fdt_query_ram(fdt, &memory->ram);
	if (!error)
		error = range_set_intersect(&memory->usable, &memory->ram, everything);
	if (!error)
		error = range_set_subtract_all(&memory->usable, &reserved->all);
	if (!error)
		error = range_set_add_common(&memory->cacheable, &memory->ram, &map->ram);
	if (!error)
		error = range_set_subtract_all(&memory->cacheable, &reserved->no_map);
	if (!error)
		error = read_removable(memory, fdt, map);
	return error ? error : read_wanted(memory, fdt);
}

int next_memory_read(struct next_memory *memory, const void *fdt, const struct memory_map *map,
		     const struct arch *arch, const char *source, const struct log *log)
{
	struct fdt_reserved reserved;
	int error;

	*memory = (struct next_memory){.dtb_blocks = arch->dtb_blocks, .source = source};
	error = fdt_reserved_read(&reserved, fdt);
	if (!error)
		error = describe(memory, fdt, map, &reserved);
	fdt_reserved_free(&reserved);
	if (error)
		return log_error(log, error, "no memory for what %s reserves", source);
	log_debug(log,
		  "the next kernel's memory: %" PRIu64 " MiB, of which %" PRIu64
		  " MiB are not reserved",
		  range_set_size(&memory->ram) >> 20, range_set_size(&memory->usable) >> 20);
	return 0;
}

/* Find the whole blocks of @range; false if there are fewer than @count. */
static bool find_blocks(struct range *blocks, struct range range, unsigned int count)
{
	blocks->end = align_down(range.end, DTB_BLOCK_SIZE);
	return align_up(&blocks->start, range.start, DTB_BLOCK_SIZE) == 0 &&
	       blocks->start + count * DTB_BLOCK_SIZE <= blocks->end;
}

int next_memory_find_dtb_places(struct range_set *places, const struct next_memory *memory,
				uint64_t size)
{
	const unsigned int count = memory->dtb_blocks;
	int error = 0;

	for (size_t i = 0; i < memory->cacheable.count && !error; i++) {
		struct range place;

		if (!find_blocks(&place, memory->cacheable.ranges[i], count))
			continue;
		/* The tree may begin at the last block; or, if more are mapped, anywhere below the
		 * last of these. */
		if (count <= 1)
			place.end -= DTB_BLOCK_SIZE;
		else
			place.end -= (count - 1) * DTB_BLOCK_SIZE + 1;
		place.end += size;
		error = range_set_add(places, place);
	}
	return error;
}

bool next_memory_takes_dtb(const struct next_memory *memory, uint64_t address)
{
	const uint64_t start = align_down(address, DTB_BLOCK_SIZE);
	struct range mapped, blocks;

	if (range_make(&mapped, address, DTB_BLOCK_SIZE) ||
	    range_make(&blocks, start, memory->dtb_blocks * DTB_BLOCK_SIZE) ||
	    align_up(&mapped.end, mapped.end, DTB_BLOCK_SIZE))
		return false;
	if (blocks.end < mapped.end)
		blocks.end = mapped.end;
	return range_set_contain(&memory->cacheable, blocks);
}

int next_memory_find_code_places(struct range_set *places, const struct next_memory *memory)
{
	int error = 0;

	for (size_t i = 0; i < memory->cacheable.count && !error; i++) {
		struct range place = memory->cacheable.ranges[i];

		if (range_size(place) <= 2 * CODE_MARGIN)
			continue;
		/* Nothing lies before the first byte of memory. */
		if (place.start)
			place.start += CODE_MARGIN;
		place.end -= CODE_MARGIN;
		error = range_set_add(places, place);
	}
	return error;
}

bool next_memory_takes_code(const struct next_memory *memory, struct range code)
{
	struct range around = {code.start < CODE_MARGIN ? 0 : code.start - CODE_MARGIN, code.end};

	if (__builtin_add_overflow(around.end, CODE_MARGIN, &around.end))
		return false;
	return range_set_contain(&memory->cacheable, around);
}

void next_memory_free(struct next_memory *memory)
{
	range_set_free(&memory->ram);
	range_set_free(&memory->usable);
	range_set_free(&memory->cacheable);
	range_set_free(&memory->wanted);
	range_set_free(&memory->removable);
}
