/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page tables, built in userspace for purgatory: one generic walk over formats that are data.
 *
 * The caller says what it wants (mappings with an intent); the format knows the bits. The walk
 * visits every table once, in order of address, so that counting the tables and filling them are
 * the same code: it counts where it is given no memory.
 */
#ifndef PLAN_PAGE_TABLE_H
#define PLAN_PAGE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "cli/log.h"

/* What a mapping is for; nothing is ever writable and executable. */
enum map_intent {
	MAP_CODE,    /* read, execute */
	MAP_RODATA,  /* read: purgatory's own */
	MAP_DATA,    /* read, write */
	MAP_PAYLOAD, /* read: what is verified */
	MAP_DEVICE,  /* read, write, device memory */
	MAP_INTENT_COUNT
};

/*
 * A format of page tables. Level 0 is the last one, whose entries map pages; level n's entries map
 * blocks of 1 << (page_shift + n * index_bits) bytes or point to a table of level n - 1.
 */
struct page_table_format {
	const char *name;	  /* for messages: "sv39" */
	unsigned int levels;	  /* 5 at most */
	unsigned int page_shift;  /* 12; a table takes one page */
	unsigned int index_bits;  /* of the virtual address per level */
	unsigned int entry_size;  /* bytes: 8, or 4 (Sv32) */
	unsigned int leaf_levels; /* the lowest so many levels may have leaves */

	/*
	 * The root translates 1 << virtual_bits bytes from virtual_first on, modulo 2^64: where the
	 * upper bits of an address repeat its sign, the range starts below 0.
	 */
	uint64_t virtual_first;
	unsigned int virtual_bits;

	unsigned int physical_bits; /* of the addresses that an entry can hold */
	unsigned int address_bit;   /* of an entry, from which on it holds the page number */

	uint64_t table_bits; /* of an entry that points to a table */
	uint64_t block_bits; /* of a leaf above level 0, besides those of its intent */
	uint64_t page_bits;  /* of a leaf of level 0, likewise */
	uint64_t intent_bits[MAP_INTENT_COUNT];
};

/* Virtual addresses [virtual_address, + size) to physical ones from physical_address on. */
struct mapping {
	uint64_t virtual_address;
	uint64_t physical_address;
	uint64_t size; /* bytes, more than 0; all three are multiples of the page size */
	enum map_intent intent;
	const char *name; /* for messages: "kernel" */
};

/*
 * Sort the mappings by virtual address and check them against the format.
 * Returns 0, or with a message: -EINVAL (none at all, empty, misaligned), -EOVERFLOW (wraps),
 * -ERANGE (outside the virtual or the physical addresses of the format), -EEXIST (two of them want
 * the same virtual address).
 */
int page_table_check(const struct page_table_format *format, struct mapping *mappings, size_t count,
		     const struct log *log);

/* How many tables, of one page each, checked mappings need: the root and all below it. */
uint64_t page_table_count(const struct page_table_format *format, const struct mapping *mappings,
			  size_t count);

/*
 * Build the tables of checked mappings in @size bytes at @tables, which will lie at the physical
 * @address; the root is the first table. What the bytes held before does not matter; those behind
 * the last table stay as they are. Returns 0, or with a message: -ENOSPC (@size is less than
 * page_table_count() pages), -EINVAL (@address is not that of a page), -ERANGE (it is beyond what
 * an entry can hold).
 */
int page_table_build(const struct page_table_format *format, const struct mapping *mappings,
		     size_t count, void *tables, uint64_t size, uint64_t address,
		     const struct log *log);

#endif
