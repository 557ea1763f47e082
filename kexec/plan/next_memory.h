/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory that the next kernel may use, according to the device tree that it gets.
 */
#ifndef PLAN_NEXT_MEMORY_H
#define PLAN_NEXT_MEMORY_H

#include <stdbool.h>

#include "arch/arch.h"
#include "base/log.h"
#include "base/range.h"
#include "machine/memory_map.h"

struct next_memory {
	/*
	 * The tree's memory nodes; or if the tree hands on EFI's memory map, the running system's
	 * RAM, which comes from that map. Owned, like all sets here.
	 */
	struct range_set ram;
	struct range_set usable; /* the part of @ram without static reservations: for segments */
	/*
	 * The RAM of both kernels, without ranges that either does not map. A cacheable mapping, or
	 * a CPU that fetches ahead, must not reach beyond it.
	 */
	struct range_set cacheable;
	/*
	 * Room in @usable for reservations with a size but no address, which the next kernel makes
	 * when it boots.
	 */
	struct range_set wanted;
	/*
	 * The part of @ram that the platform may take away again: memory nodes with "hotpluggable",
	 * or with EFI's memory map memory_map.hot_pluggable.
	 */
	struct range_set removable;
	unsigned int dtb_blocks; /* of struct arch */
	const char *source;	 /* of the tree, for messages; not owned */
};

/*
 * Find the memory from @fdt, the tree that is handed on, with stale reservations removed, and from
 * @map, the running system's memory. @arch is that of both kernels. Returns 0, or -ENOMEM with a
 * message; the caller calls next_memory_free() in both cases.
 */
int next_memory_read(struct next_memory *memory, const void *fdt, const struct memory_map *map,
		     const struct arch *arch, const char *source, const struct log *log);

/*
 * Find where a device tree of @size bytes may lie. @places, an empty set, gets ranges: if the tree
 * lies anywhere in one of them, what the next kernel maps for it is RAM that it maps anyway.
 * Returns 0 or -ENOMEM; the caller frees @places in both cases.
 */
int next_memory_find_dtb_places(struct range_set *places, const struct next_memory *memory,
				uint64_t size);

/* True if what the next kernel maps for a tree at @address is RAM that it maps anyway. */
bool next_memory_takes_dtb(const struct next_memory *memory, uint64_t address);

/*
 * Find where code that runs with the MMU off may lie: a page away from memory that no kernel maps.
 * Returns the same.
 */
int next_memory_find_code_places(struct range_set *places, const struct next_memory *memory);
bool next_memory_takes_code(const struct next_memory *memory, struct range code);

/* Free what the description owns and make it empty. */
void next_memory_free(struct next_memory *memory);

#endif
