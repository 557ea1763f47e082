/* SPDX-License-Identifier: GPL-2.0-only */
/* Building page tables: checking mappings, and the one walk that counts and fills tables. */
#include "plan/page_table.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* --- Checks --------------------------------------------------------------------------------- */

static uint64_t mapping_last(const struct mapping *mapping)
{
	return mapping->virtual_address + (mapping->size - 1);
}

static bool is_aligned(uint64_t value, unsigned int shift)
{
	return (value & ((UINT64_C(1) << shift) - 1)) == 0;
}

static bool is_translated(const struct page_table_format *format, const struct mapping *mapping)
{
	const uint64_t span = UINT64_C(1) << format->virtual_bits;
	const uint64_t offset = mapping->virtual_address - format->virtual_first;

	return offset < span && mapping->size <= span - offset;
}

static int check_mapping(const struct page_table_format *format, const struct mapping *mapping,
			 const struct log *log)
{
	const uint64_t virtual_address = mapping->virtual_address;
	const uint64_t physical_address = mapping->physical_address;
	uint64_t last;

	if (mapping->size == 0)
		return log_error(log, -EINVAL, "page tables: the mapping of %s is empty",
				 mapping->name);
	if (!is_aligned(virtual_address | physical_address | mapping->size, format->page_shift))
		return log_error(log, -EINVAL,
				 "page tables: %s at 0x%" PRIx64 " is not made of whole pages",
				 mapping->name, physical_address);
	if (__builtin_add_overflow(virtual_address, mapping->size - 1, &last) ||
	    __builtin_add_overflow(physical_address, mapping->size - 1, &last))
		return log_error(log, -EOVERFLOW,
				 "page tables: %s, 0x%" PRIx64 " bytes at 0x%" PRIx64
				 ", wraps around the end of the address space",
				 mapping->name, mapping->size, physical_address);
	if (last >> format->physical_bits)
		return log_error(log, -ERANGE,
				 "page tables: %s at 0x%" PRIx64
				 " is beyond the physical addresses of %s",
				 mapping->name, physical_address, format->name);
	if (!is_translated(format, mapping))
		return log_error(log, -ERANGE,
				 "page tables: %s at 0x%" PRIx64
				 " is outside the virtual addresses of %s",
				 mapping->name, virtual_address, format->name);
	return 0;
}

static int compare_mappings(const void *a, const void *b)
{
	const struct mapping *first = a, *second = b;

	if (first->virtual_address == second->virtual_address)
		return 0;
	return first->virtual_address < second->virtual_address ? -1 : 1;
}

int page_table_check(const struct page_table_format *format, struct mapping *mappings, size_t count,
		     const struct log *log)
{
	if (count == 0)
		return log_error(log, -EINVAL, "page tables: there is nothing to map");
	for (size_t i = 0; i < count; i++) {
		int error = check_mapping(format, &mappings[i], log);

		if (error)
			return error;
	}
	qsort(mappings, count, sizeof(*mappings), compare_mappings);
	for (size_t i = 1; i < count; i++)
		if (mapping_last(&mappings[i - 1]) >= mappings[i].virtual_address)
			return log_error(log, -EEXIST,
					 "page tables: %s and %s both want address 0x%" PRIx64,
					 mappings[i - 1].name, mappings[i].name,
					 mappings[i].virtual_address);
	return 0;
}

/* --- Entries -------------------------------------------------------------------------------- */

/* The size that one entry of a level maps, as a shift. */
static unsigned int level_shift(const struct page_table_format *format, unsigned int level)
{
	return format->page_shift + level * format->index_bits;
}

static uint64_t address_field(const struct page_table_format *format, uint64_t address)
{
	return (address >> format->page_shift) << format->address_bit;
}

static uint64_t table_entry(const struct page_table_format *format, uint64_t address)
{
	return address_field(format, address) | format->table_bits;
}

/* The leaf for a block, if the mapping covers all of it and both addresses are aligned to it. */
static bool make_leaf(const struct page_table_format *format, unsigned int level, uint64_t block,
		      const struct mapping *mapping, uint64_t *entry)
{
	const unsigned int shift = level_shift(format, level);
	const uint64_t first = block << shift;
	const uint64_t last = first + ((UINT64_C(1) << shift) - 1);
	const uint64_t physical_address =
		mapping->physical_address + (first - mapping->virtual_address);

	if (level >= format->leaf_levels)
		return false;
	if (first < mapping->virtual_address || last > mapping_last(mapping))
		return false;
	if (!is_aligned(physical_address, shift))
		return false;
	*entry = address_field(format, physical_address) | format->intent_bits[mapping->intent] |
		 (level ? format->block_bits : format->page_bits);
	return true;
}

/* --- The walk ------------------------------------------------------------------------------- */

/*
 * A walk in progress. It divides the addresses of a level into blocks of the size that one entry
 * maps, and numbers them from address 0 on, because block numbers cannot overflow where addresses
 * would.
 */
struct walk {
	const struct page_table_format *format;
	uint8_t *tables;  /* NULL: only count */
	uint64_t address; /* physical, of tables */
	uint64_t count;	  /* tables taken so far */
};

/* Consecutive mappings. */
struct mapping_span {
	const struct mapping *first;
	const struct mapping *end; /* one past the last */
};

static uint64_t max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Take the next table and return its number. */
static uint64_t take_table(struct walk *walk)
{
	const unsigned int shift = walk->format->page_shift;
	const uint64_t table = walk->count++;

	if (walk->tables)
		memset(walk->tables + (table << shift), 0, (size_t)1 << shift);
	return table;
}

/* Both architectures are little endian, but the machine that runs this may not be. */
static void store_entry(const struct walk *walk, uint64_t table, uint64_t block, uint64_t entry)
{
	const struct page_table_format *format = walk->format;
	const uint64_t index = block & ((UINT64_C(1) << format->index_bits) - 1);
	uint8_t *bytes;

	if (!walk->tables)
		return;
	bytes = walk->tables + (table << format->page_shift) + index * format->entry_size;
	for (unsigned int i = 0; i < format->entry_size; i++)
		bytes[i] = (uint8_t)(entry >> (8 * i));
}

/* The mappings at the front of the span that touch the block or lie before it. */
static struct mapping_span span_until(struct mapping_span span, uint64_t block, unsigned int shift)
{
	const struct mapping *end = span.first;

	while (end < span.end && end->virtual_address >> shift <= block)
		end++;
	return (struct mapping_span){.first = span.first, .end = end};
}

/* The mappings of the span that reach beyond the block. */
static struct mapping_span span_after(struct mapping_span span, uint64_t block, unsigned int shift)
{
	while (span.first < span.end && mapping_last(span.first) >> shift <= block)
		span.first++;
	return span;
}

static uint64_t walk_table(struct walk *walk, unsigned int level, uint64_t first_block,
			   uint64_t last_block, struct mapping_span span);

/* The entry for a block that every mapping of the span touches: a leaf or, below it, a table. */
static uint64_t walk_block(struct walk *walk, unsigned int level, uint64_t block,
			   struct mapping_span span)
{
	const struct page_table_format *format = walk->format;
	const uint64_t first_below = block << format->index_bits;
	const uint64_t last_below = first_below + ((UINT64_C(1) << format->index_bits) - 1);
	uint64_t entry, table;

	if (make_leaf(format, level, block, span.first, &entry))
		return entry;
	table = walk_table(walk, level - 1, first_below, last_below, span);
	return table_entry(format, walk->address + (table << format->page_shift));
}

/*
 * Take a table of @level for these blocks and fill it: an entry for each block that a mapping
 * touches. Every mapping of the span touches the table. Returns the table's number.
 */
static uint64_t walk_table(struct walk *walk, unsigned int level, uint64_t first_block,
			   uint64_t last_block, struct mapping_span span)
{
	const unsigned int shift = level_shift(walk->format, level);
	const uint64_t table = take_table(walk);

	for (uint64_t block = first_block; span.first < span.end && block <= last_block; block++) {
		block = max(block, span.first->virtual_address >> shift);
		store_entry(walk, table, block,
			    walk_block(walk, level, block, span_until(span, block, shift)));
		span = span_after(span, block, shift);
	}
	return table;
}

/*
 * Walk from the root. Its index is computed from an address like any other, so that its last
 * entries may map the highest addresses of all. Addresses that it does not translate have been
 * refused before.
 */
static void walk_root(struct walk *walk, const struct mapping *mappings, size_t count)
{
	const unsigned int level = walk->format->levels - 1;
	const struct mapping_span span = {.first = mappings, .end = mappings + count};

	walk_table(walk, level, 0, UINT64_MAX >> level_shift(walk->format, level), span);
}

uint64_t page_table_count(const struct page_table_format *format, const struct mapping *mappings,
			  size_t count)
{
	struct walk walk = {.format = format};

	walk_root(&walk, mappings, count);
	return walk.count;
}

/* Check the place of the tables: whole pages whose addresses fit into entries. */
static int check_place(const struct page_table_format *format, uint64_t needed, uint64_t size,
		       uint64_t address, const struct log *log)
{
	uint64_t last;

	if (size < needed)
		return log_error(log, -ENOSPC,
				 "page tables: %" PRIu64 " bytes are too few, %s needs %" PRIu64,
				 size, format->name, needed);
	if (!is_aligned(address, format->page_shift))
		return log_error(log, -EINVAL,
				 "page tables: their address 0x%" PRIx64 " is not that of a page",
				 address);
	if (__builtin_add_overflow(address, needed - 1, &last) || last >> format->physical_bits)
		return log_error(log, -ERANGE,
				 "page tables: their address 0x%" PRIx64
				 " is beyond the physical addresses of %s",
				 address, format->name);
	return 0;
}

int page_table_build(const struct page_table_format *format, const struct mapping *mappings,
		     size_t count, void *tables, uint64_t size, uint64_t address,
		     const struct log *log)
{
	const uint64_t needed = page_table_count(format, mappings, count) << format->page_shift;
	struct walk walk = {.format = format, .tables = tables, .address = address};
	int error = check_place(format, needed, size, address, log);

	if (error)
		return error;
	walk_root(&walk, mappings, count);
	return 0;
}
