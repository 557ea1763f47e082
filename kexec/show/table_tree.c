/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page tables as a tree.
 */
#include "show/table_tree.h"

#include <inttypes.h>

#include "plan/page_table_query.h"
#include "show/words.h"

/* What is printed, and the leaves that are not printed yet. */
struct tree {
	const struct paper *paper;
	const struct page_table_format *format;
	struct page_table_entry first; /* of the leaves */
	uint64_t count;		       /* 0: there are none */
};

/* Five levels of 64-bit addresses need all the room that there is. */
static bool is_narrow(const struct tree *tree)
{
	return tree->paper->width < 60;
}

static int indentation(const struct tree *tree, unsigned int level)
{
	return (int)((is_narrow(tree) ? 1 : 2) * (tree->format->levels - level));
}

static void print_leaves(struct tree *tree)
{
	const struct page_table_entry *leaf = &tree->first;
	const unsigned int permissions = (leaf->readable ? SEGMENT_READ : 0U) |
					 (leaf->writable ? SEGMENT_WRITE : 0U) |
					 (leaf->executable ? SEGMENT_EXECUTE : 0U);
	char letters[4], size[WORDS_SIZE];

	if (!tree->count)
		return;
	fprintf(tree->paper->stream, "%*s0x%" PRIx64 " %s %" PRIu64 " x %s%s",
		indentation(tree, leaf->level), "", leaf->virtual_address,
		words_permissions(letters, permissions), tree->count, words_size(size, leaf->size),
		leaf->device ? " device" : "");
	if (leaf->virtual_address != leaf->physical_address)
		fprintf(tree->paper->stream, "%s%*sat 0x%" PRIx64, is_narrow(tree) ? "\n" : "",
			is_narrow(tree) ? indentation(tree, leaf->level) + 2 : 1, "",
			leaf->physical_address);
	fputc('\n', tree->paper->stream);
	tree->count = 0;
}

static bool continues(const struct tree *tree, const struct page_table_entry *entry)
{
	const struct page_table_entry *first = &tree->first;
	const uint64_t distance = tree->count * first->size;

	return tree->count && entry->level == first->level &&
	       entry->virtual_address == first->virtual_address + distance &&
	       entry->physical_address == first->physical_address + distance &&
	       entry->readable == first->readable && entry->writable == first->writable &&
	       entry->executable == first->executable && entry->device == first->device &&
	       entry->uncached == first->uncached;
}

static int visit(void *context, const struct page_table_entry *entry)
{
	/* As Linux names them from below (Documentation/mm/page_tables.rst). */
	static const char *const names[] = {"PTE", "PMD", "PUD", "P4D", "PGD"};
	struct tree *tree = context;
	char size[WORDS_SIZE];

	if (entry->kind == PAGE_TABLE_LEAF && continues(tree, entry)) {
		tree->count++;
		return 0;
	}
	print_leaves(tree);
	if (entry->kind == PAGE_TABLE_LEAF) {
		tree->first = *entry;
		tree->count = 1;
	} else if (entry->kind == PAGE_TABLE_TABLE) {
		fprintf(tree->paper->stream, "%*s0x%" PRIx64 " %s%s %s\n",
			indentation(tree, entry->level), "", entry->virtual_address,
			names[entry->level ? entry->level - 1 : 0],
			is_narrow(tree) ? "," : " table of", words_size(size, entry->size));
	}
	return 0;
}

/* True if a set has the same tree as the first one. */
static bool is_like_first(const struct table_sets *tables, enum purgatory_tables which)
{
	const struct table_set *first = &tables->sets[PURGATORY_TABLES_LOW];
	const struct table_set *set = &tables->sets[which];

	if (set == first || !first->mode || set->mappings.count != first->mappings.count ||
	    set->mode->format->virtual_bits != first->mode->format->virtual_bits ||
	    set->mode->format->virtual_first != first->mode->format->virtual_first)
		return false;
	for (size_t i = 0; i < set->mappings.count; i++) {
		const struct mapping *a = &set->mappings.list[i], *b = &first->mappings.list[i];

		if (a->virtual_address != b->virtual_address || a->size != b->size ||
		    a->physical_address != b->physical_address || a->intent != b->intent)
			return false;
	}
	return true;
}

void table_tree_print(const struct paper *paper, const struct table_sets *tables,
		      enum purgatory_tables which)
{
	static const char *const names[PURGATORY_TABLES_COUNT] = {
		[PURGATORY_TABLES_LOW] = "physical addresses",
		[PURGATORY_TABLES_LOW_EL2] = "physical addresses, EL2 without E2H",
		[PURGATORY_TABLES_HIGH] = "the kernel's linear map",
	};
	const struct table_set *set = &tables->sets[which];
	const struct page_table_format *format = set->mode->format;
	const struct table_memory memory = {
		.bytes = tables->data + (set->range.start - tables->segment.start),
		.size = range_size(set->range),
		.address = set->range.start,
	};
	struct tree tree = {.paper = paper, .format = format};

	fprintf(paper->stream, "%s:%s%s, %u bits, %u levels,\n", names[which],
		paper->width < 60 ? "\n  " : " ", format->name, format->virtual_bits,
		format->levels);
	fprintf(paper->stream, "  %" PRIu64 " tables, root at 0x%" PRIx64 "\n",
		range_size(set->range) >> format->page_shift, set->range.start);
	if (is_like_first(tables, which)) {
		fprintf(paper->stream, "  the same mappings as above\n");
		return;
	}
	page_table_query_visit(format, &memory, set->range.start, visit, &tree);
	print_leaves(&tree);
}
