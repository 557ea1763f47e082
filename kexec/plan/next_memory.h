/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory that the next kernel may use, as the device tree that is handed on to it says.
 */
#ifndef PLAN_NEXT_MEMORY_H
#define PLAN_NEXT_MEMORY_H

#include <stdbool.h>

#include "arch/arch.h"
#include "base/log.h"
#include "base/range.h"
#include "machine/memory_map.h"

struct next_memory {
	/* The tree's memory nodes; where the tree hands on EFI's memory map, the running system's
	 * RAM, which comes from there. Owned, as all sets here. */
	struct range_set ram;
	struct range_set usable; /* of @ram what no static reservation takes: for segments */
	/* RAM of both kernels less what either does not map: around it lies what a cacheable
	 * mapping, or a CPU that fetches ahead, must not reach. */
	struct range_set cacheable;
	/* Room in @usable for reservations that have a size and no address yet, which the next
	 * kernel makes when it boots. */
	struct range_set wanted;
	/* What of @usable the platform may take away again ("hotpluggable"). */
	struct range_set removable;
	unsigned int dtb_blocks; /* of struct arch */
	const char *source;	 /* of the tree, for messages; not owned */
};

/*
 * Describe the memory by @fdt, the tree that is handed on, with stale reservations removed, and
 * @map, the running system's. @arch is both kernels'. Returns 0, or -ENOMEM with a message;
 * next_memory_free() is due in both cases.
 */
int next_memory_read(struct next_memory *memory, const void *fdt, const struct memory_map *map,
		     const struct arch *arch, const char *source, const struct log *log);

/*
 * Where a device tree of @size bytes may lie: @places, an empty set, gets ranges such that the
 * mapping that the next kernel makes for a tree anywhere in one of them is RAM that it maps anyway.
 * Returns 0 or -ENOMEM; @places is to be freed in both cases.
 */
int next_memory_find_dtb_places(struct range_set *places, const struct next_memory *memory,
				uint64_t size);

/* Whether such a mapping of a tree at @address is RAM that the next kernel maps anyway. */
bool next_memory_takes_dtb(const struct next_memory *memory, uint64_t address);

/* Likewise for code that runs with the MMU off: a page away from what no kernel maps. */
int next_memory_find_code_places(struct range_set *places, const struct next_memory *memory);
bool next_memory_takes_code(const struct next_memory *memory, struct range code);

/* Free what the description owns and make it empty. */
void next_memory_free(struct next_memory *memory);

#endif
