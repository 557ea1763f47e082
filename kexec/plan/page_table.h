/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page tables, built in userspace for purgatory: one generic walk over formats that are data.
 *
 * The caller says what it wants (mappings with an intent); the format knows the bits. The walk
 * visits every table once, in order of address, so that the same code counts the tables and fills
 * them. Without memory for the tables it only counts.
 */
#ifndef PLAN_PAGE_TABLE_H
#define PLAN_PAGE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "arch/page_table_formats.h"
#include "base/log.h"

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

/* The number of tables, of one page each, that checked mappings need: the root and all below it. */
uint64_t page_table_count(const struct page_table_format *format, const struct mapping *mappings,
			  size_t count);

/*
 * Build the tables of checked mappings in @size bytes at @tables, which will lie at the physical
 * @address; the root is the first table. The former contents of the bytes do not matter. Those
 * behind the last table stay as they are. Returns 0, or with a message: -ENOSPC (@size is less than
 * page_table_count() pages), -EINVAL (@address is not that of a page), -ERANGE (it is beyond what
 * an entry can hold).
 */
int page_table_build(const struct page_table_format *format, const struct mapping *mappings,
		     size_t count, void *tables, uint64_t size, uint64_t address,
		     const struct log *log);

#endif
