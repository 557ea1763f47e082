/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading finished page tables as the CPU would, with complaints about what the CPU might not
 * accept.
 *
 * This shares only the names of the formats with the builder. The form of levels, descriptors and
 * addresses is written here a second time, from the specifications, so that a mistake in one of the
 * two shows. The query is stricter than hardware: every bit that our tables do not need must be
 * zero.
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
	uint64_t physical_address; /* of the table, or the address that virtual_address is mapped to
				    */

	/* For leaves: what purgatory's privilege level may do there, and the kind of memory. */
	bool readable;
	bool writable;
	bool executable;
	bool device;   /* always false for riscv, whose PMAs decide that */
	bool uncached; /* device memory among others; likewise */

	const char *complaint; /* what is wrong with the entry, or NULL */
};

/*
 * Look @virtual_address up in the tables below @root, a physical address, and describe the entry at
 * which the search ends: a leaf, a hole, or the first entry with a complaint. @format is one of
 * page_table_formats.h.
 */
void page_table_query(const struct page_table_format *format, const struct table_memory *memory,
		      uint64_t root, uint64_t virtual_address, struct page_table_entry *entry);

/*
 * Call @visit for every entry below @root that is not zero, in order of virtual address, and for a
 * table before its own entries. For the root itself @visit is called only if the root is wrong.
 * Nothing is visited below an entry with a complaint. If @visit returns another value than 0, as it
 * must if tables lead in circles, the walk ends and returns that value; else it returns 0.
 */
int page_table_query_visit(const struct page_table_format *format,
			   const struct table_memory *memory, uint64_t root,
			   int (*visit)(void *context, const struct page_table_entry *entry),
			   void *context);

#endif
