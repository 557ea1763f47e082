/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The formats of page tables that purgatory may run with, and what a format is.
 */
#ifndef ARCH_PAGE_TABLE_FORMATS_H
#define ARCH_PAGE_TABLE_FORMATS_H

#include <stdint.h>

/* What a mapping is for; nothing is ever writable and executable. */
enum map_intent {
	MAP_CODE,	   /* read, execute */
	MAP_RODATA,	   /* read: purgatory's own */
	MAP_DATA,	   /* read, write */
	MAP_PAYLOAD,	   /* read: what is verified */
	MAP_DEVICE,	   /* read, write, device memory */
	MAP_WRITE_COMBINE, /* read, write; as pgprot_writecombine() of Linux maps memory */
	MAP_UNCACHED,	   /* read, write; as pgprot_noncached() does */
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

/*
 * arm64, 4 KiB granule, 48-bit output addresses. Regimes with two address ranges (EL1, and EL2 with
 * E2H) and EL2 without E2H, which has one, differ in permission bits; each has its own formats. The
 * 39-bit ones save a level where all addresses are below 512 GiB; the upper one is for TTBR1.
 */
extern const struct page_table_format page_table_arm64_two_ranges_39;
extern const struct page_table_format page_table_arm64_two_ranges_48;
extern const struct page_table_format page_table_arm64_one_range_39;
extern const struct page_table_format page_table_arm64_one_range_48;
extern const struct page_table_format page_table_arm64_upper_39;
extern const struct page_table_format page_table_arm64_upper_48;

extern const struct page_table_format page_table_sv32;
extern const struct page_table_format page_table_sv39;
extern const struct page_table_format page_table_sv48;
extern const struct page_table_format page_table_sv57;

#endif
