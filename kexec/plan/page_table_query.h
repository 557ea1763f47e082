/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading finished page tables back, as the CPU would, and complaining where the CPU might.
 *
 * This shares nothing with the builder but the names of the formats: what levels, descriptors and
 * addresses look like is written down a second time here, from the specifications, so that a
 * mistake in one of the two shows. It is stricter than hardware: every bit that tables of ours do
 * not need has to be zero.
 */
#ifndef PLAN_PAGE_TABLE_QUERY_H
#define PLAN_PAGE_TABLE_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "plan/page_table.h"

/* Where tables can be read: @size bytes that lie (or will lie) at the physical @address. */
struct table_memory {
	const void *bytes; /* not owned */
	uint64_t size;
	uint64_t address;
};

enum page_table_entry_kind {
	PAGE_TABLE_HOLE,  /* translates nothing */
	PAGE_TABLE_TABLE, /* points to a table of the level below */
	PAGE_TABLE_LEAF,  /* maps a page or block */
};

/* An entry as it was read. */
struct page_table_entry {
	enum page_table_entry_kind kind;
	unsigned int level;	  /* of the table that holds it; 0: the last one */
	uint64_t virtual_address; /* the first that it translates */
	uint64_t size; /* bytes that it translates; 0: none, the address cannot be translated */
	uint64_t physical_address; /* of the table, or that virtual_address is mapped to */

	/* Of leaves: what purgatory's privilege level may do there, and the kind of memory. */
	bool readable;
	bool writable;
	bool executable;
	bool device; /* always false for riscv, whose PMAs decide that */

	const char *complaint; /* what is wrong with the entry, or NULL */
};

/*
 * Look @virtual_address up in the tables below @root, a physical address, and describe the entry at
 * which the search ends: a leaf, a hole, or the first one that deserves a complaint. @format is one
 * of page_table_formats.h.
 */
void page_table_query(const struct page_table_format *format, const struct table_memory *memory,
		      uint64_t root, uint64_t virtual_address, struct page_table_entry *entry);

/*
 * Call @visit for every entry below @root that is not zero, in order of virtual address, a table
 * before its own entries; for the root itself only where that is wrong. Nothing is visited below an
 * entry with a complaint. Ends early where @visit returns other than 0, as it must where tables
 * lead in circles. Returns that, or 0.
 */
int page_table_query_visit(const struct page_table_format *format,
			   const struct table_memory *memory, uint64_t root,
			   int (*visit)(void *context, const struct page_table_entry *entry),
			   void *context);

#endif
