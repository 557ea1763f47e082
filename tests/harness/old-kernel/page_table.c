/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page tables of the old kernel: every level as wide as a page, leaves at the last level but one.
 */
#include "old-kernel.h"

#define ENTRY_SIZE_SHIFT 3

uint64_t *table_allocate(struct table_pool *pool)
{
	uint8_t *table = pool->next;

	while (table == pool->end)
		; /* the test's time limit tells */
	pool->next += TABLE_SIZE;
	return (uint64_t *)table;
}

/* The bits of an address that one level translates. */
static unsigned int level_bits(const struct page_table *table)
{
	return table->page_shift - ENTRY_SIZE_SHIFT;
}

static unsigned int leaf_shift(const struct page_table *table)
{
	return table->page_shift + level_bits(table);
}

/* The lowest bit that the root translates: the number of levels is whatever the width needs. */
static unsigned int root_shift(const struct page_table *table)
{
	unsigned int shift = table->page_shift;

	while (shift + level_bits(table) < table->virtual_bits)
		shift += level_bits(table);
	return shift;
}

/* Where the entry for @address is in a table of the level at @shift. */
static unsigned int entry_index(const struct page_table *table, uint64_t address,
				unsigned int shift)
{
	const uint64_t mask = (UINT64_C(1) << table->virtual_bits) - 1;

	return ((address & mask) >> shift) & ((1U << level_bits(table)) - 1);
}

static void map_block(struct page_table *table, struct table_pool *pool, uint64_t address,
		      uint64_t physical, enum memory memory)
{
	uint64_t *level = table->root;

	for (unsigned int shift = root_shift(table); shift > leaf_shift(table);
	     shift -= level_bits(table)) {
		uint64_t *entry = &level[entry_index(table, address, shift)];

		if (!*entry)
			*entry = arch_table(table_allocate(pool));
		level = arch_table_address(*entry);
	}
	level[entry_index(table, address, leaf_shift(table))] = arch_leaf(table, physical, memory);
}

void page_table_map(struct page_table *table, struct table_pool *pool, struct span span,
		    uint64_t offset, enum memory memory)
{
	const uint64_t size = UINT64_C(1) << leaf_shift(table);

	for (uint64_t physical = span.start & -size; physical < span.end; physical += size)
		map_block(table, pool, physical + offset, physical, memory);
}
