/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page-table builder on thousands of random plans per format. The tables are read back with
 * page_table_query.h, which shares no code with the builder, and compared with the plan: all of it
 * is mapped, nothing else is, as the intent says, by leaves that could not be larger, through
 * tables of which each is reached once.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "arch/page_table_formats.h"
#include "plan/page_table.h"
#include "plan/page_table_query.h"
#include "support.h"

#define PAGE	     UINT64_C(4096)
#define PLANS	     2000 /* per format */
#define MAX_MAPPINGS 8

/* What the test knows of a format without asking it. */
struct facts {
	const struct page_table_format *format;
	uint64_t lowest;	   /* virtual address; the range may go on from 2^64 to 0 */
	unsigned int virtual_bits; /* of the range's size */
	unsigned int physical_bits;
	unsigned int shifts[5]; /* of what an entry of each level translates */
	unsigned int levels;
	unsigned int leaf_levels; /* how many of them have leaves */
	bool memory_types;	  /* entries tell device memory from normal one */
};

#define ARM64_39 39, 48, {12, 21, 30}, 3, 3, true
#define ARM64_48 48, 48, {12, 21, 30, 39}, 4, 3, true

static const struct facts all_facts[] = {
	{&page_table_arm64_two_ranges_39, 0, ARM64_39},
	{&page_table_arm64_two_ranges_48, 0, ARM64_48},
	{&page_table_arm64_one_range_39, 0, ARM64_39},
	{&page_table_arm64_one_range_48, 0, ARM64_48},
	{&page_table_arm64_upper_39, 0xffffff8000000000, ARM64_39},
	{&page_table_arm64_upper_48, 0xffff000000000000, ARM64_48},
	{&page_table_sv32, 0, 32, 34, {12, 22}, 2, 2, false},
	{&page_table_sv39, 0xffffffc000000000, 39, 56, {12, 21, 30}, 3, 3, false},
	{&page_table_sv48, 0xffff800000000000, 48, 56, {12, 21, 30, 39}, 4, 4, false},
	{&page_table_sv57, 0xff00000000000000, 57, 56, {12, 21, 30, 39, 48}, 5, 5, false},
};

struct plan {
	const struct facts *facts;
	unsigned int number;
	uint64_t random;
	struct mapping mappings[MAX_MAPPINGS];
	size_t count;
};

/* Fail with the plan, for a test that can be repeated by hand. */
static void fail_plan(const struct plan *plan, const char *what, uint64_t address)
{
	for (size_t i = 0; i < plan->count; i++)
		print_error("0x%016" PRIx64 " -> 0x%014" PRIx64 " size 0x%" PRIx64 " intent %d\n",
			    plan->mappings[i].virtual_address, plan->mappings[i].physical_address,
			    plan->mappings[i].size, (int)plan->mappings[i].intent);
	fail_msg("%s, plan %u: %s at 0x%" PRIx64, plan->facts->format->name, plan->number, what,
		 address);
}

/* --- Random plans --------------------------------------------------------------------------- */

/* xorshift64*: failures can be repeated. */
static uint64_t random_below(struct plan *plan, uint64_t limit)
{
	plan->random ^= plan->random >> 12;
	plan->random ^= plan->random << 25;
	plan->random ^= plan->random >> 27;
	return (plan->random * UINT64_C(0x2545f4914f6cdd1d) >> 3) % limit;
}

static unsigned int random_shift(struct plan *plan)
{
	return plan->facts->shifts[random_below(plan, plan->facts->levels)];
}

static uint64_t min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t round_down(uint64_t value, unsigned int shift)
{
	return value >> shift << shift;
}

/* True once in a while: what makes tables full of leaves makes the test slow. */
static bool seldom(struct plan *plan)
{
	return random_below(plan, 12) == 0;
}

/* From 1 page on: a few blocks of some level, often with some pages more, seldom with fewer. */
static uint64_t random_size(struct plan *plan)
{
	const uint64_t block = UINT64_C(1) << random_shift(plan);
	const uint64_t size = block * (1 + random_below(plan, seldom(plan) ? 600 : 4));

	if (seldom(plan))
		return size - random_below(plan, min(size / PAGE, 5)) * PAGE;
	return size + (random_below(plan, 2) ? random_below(plan, 5) * PAGE : 0);
}

/*
 * An offset into the virtual range: near a boundary of blocks, at one of the range's ends, in its
 * middle (for riscv64 that is address 0), or near an earlier mapping, so that upper indices
 * collide.
 */
static uint64_t random_offset(struct plan *plan, uint64_t range)
{
	const unsigned int shift = random_shift(plan);
	uint64_t offset = round_down(random_below(plan, range), shift);

	switch (random_below(plan, 7)) {
	case 0:
		offset = 0;
		break;
	case 1:
		offset = range - PAGE;
		break;
	case 2:
		offset = range / 2;
		break;
	case 3:
	case 4:
		if (plan->count) {
			const struct mapping *near = &plan->mappings[plan->count - 1];

			offset = near->virtual_address - plan->facts->lowest + near->size;
			offset += random_below(plan, 3) << shift;
		}
		break;
	default: /* as it is */
		break;
	}
	if (seldom(plan))
		offset += random_below(plan, 5) * PAGE;
	else if (random_below(plan, 2))
		offset -= random_below(plan, 5) * PAGE;
	return offset % range;
}

/* Somewhere physical, with the virtual address's low bits up to that of a block's size. */
static uint64_t random_physical(struct plan *plan, uint64_t virtual_address, uint64_t size,
				unsigned int shift)
{
	const uint64_t end = UINT64_C(1) << plan->facts->physical_bits;
	const uint64_t low = virtual_address & ((UINT64_C(1) << shift) - 1);
	uint64_t start;

	switch (random_below(plan, 4)) {
	case 0:
		start = 0;
		break;
	case 1:
		start = end - size;
		break;
	default:
		start = random_below(plan, end - size + 1);
		break;
	}
	start = round_down(start, shift) + low;
	return start + size <= end ? start : start - (UINT64_C(1) << shift);
}

/*
 * A mapping that lies within all ranges. Where the two addresses have only few low bits in common,
 * it takes small leaves: usually some, seldom more than two tables full of them.
 */
static struct mapping random_mapping(struct plan *plan)
{
	const struct facts *facts = plan->facts;
	const uint64_t range = UINT64_C(1) << facts->virtual_bits;
	const uint64_t physical_end = UINT64_C(1) << facts->physical_bits;
	const unsigned int largest_leaf = facts->shifts[facts->leaf_levels - 1];
	const unsigned int shift = random_shift(plan);
	const uint64_t offset = random_offset(plan, range);
	struct mapping mapping = {
		.virtual_address = facts->lowest + offset,
		.intent = (enum map_intent)random_below(plan, MAP_INTENT_COUNT),
		.name = "random",
	};

	mapping.size = min(random_size(plan), range - offset);
	mapping.size = min(mapping.size, physical_end / 2);
	mapping.size =
		min(mapping.size, (seldom(plan) ? UINT64_C(1500) : 60) << min(shift, largest_leaf));
	/* In its half, if there are two. */
	if (mapping.virtual_address >> 63)
		mapping.size = min(mapping.size, -mapping.virtual_address);
	else if (facts->lowest)
		mapping.size = min(mapping.size, range / 2 - mapping.virtual_address);

	mapping.physical_address = mapping.virtual_address;
	if (random_below(plan, 2) || mapping.virtual_address >= physical_end / 2)
		mapping.physical_address =
			random_physical(plan, mapping.virtual_address, mapping.size, shift);
	return mapping;
}

static bool is_wanted(const struct plan *plan, const struct mapping *mapping)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct mapping *other = &plan->mappings[i];
		const uint64_t first = mapping->virtual_address;

		if (first >= other->virtual_address
			    ? first - other->virtual_address < other->size
			    : other->virtual_address - first < mapping->size)
			return false;
	}
	return true;
}

static void random_plan(struct plan *plan, struct test_log *log)
{
	const size_t count = 1 + random_below(plan, MAX_MAPPINGS);

	plan->count = 0;
	for (size_t i = 0; i < count; i++) {
		struct mapping mapping = random_mapping(plan);
		struct mapping both[MAX_MAPPINGS + 1];

		if (is_wanted(plan, &mapping)) {
			plan->mappings[plan->count++] = mapping;
			continue;
		}
		memcpy(both, plan->mappings, sizeof(plan->mappings));
		both[plan->count] = mapping;
		assert_int_equal(
			page_table_check(plan->facts->format, both, plan->count + 1, &log->log),
			-EEXIST);
		test_log_expect(log, "random and random both want address");
	}
	assert_int_equal(
		page_table_check(plan->facts->format, plan->mappings, plan->count, &log->log), 0);
	test_log_expect_nothing(log);
}

/* --- Comparison ----------------------------------------------------------------------------- */

/* The tables of a plan, and how far the visitor has come in both. */
struct comparison {
	const struct plan *plan;
	struct table_memory memory;
	uint8_t *reached; /* per table */
	uint64_t tables;  /* reached so far */
	size_t mapping;	  /* of which the next byte is expected */
	uint64_t done;	  /* bytes of that one */
	bool empty;	  /* the table reached last has shown no entry yet */
	unsigned int level_above;
};

static void check_attributes(const struct plan *plan, const struct mapping *mapping,
			     const struct page_table_entry *leaf)
{
	static const struct {
		bool writable, executable, device, uncached;
	} expected[MAP_INTENT_COUNT] = {
		[MAP_CODE] = {false, true, false, false},
		[MAP_RODATA] = {false, false, false, false},
		[MAP_DATA] = {true, false, false, false},
		[MAP_PAYLOAD] = {false, false, false, false},
		[MAP_DEVICE] = {true, false, true, true},
		[MAP_WRITE_COMBINE] = {true, false, false, true},
		[MAP_UNCACHED] = {true, false, true, true},
	};
	const bool device = expected[mapping->intent].device && plan->facts->memory_types;
	const bool uncached = expected[mapping->intent].uncached && plan->facts->memory_types;

	if (!leaf->readable || leaf->writable != expected[mapping->intent].writable ||
	    leaf->executable != expected[mapping->intent].executable || leaf->device != device ||
	    leaf->uncached != uncached)
		fail_plan(plan, "wrong permission or memory type", leaf->virtual_address);
}

/* No larger leaf around this one would lie in the mapping and be aligned at both addresses. */
static void check_size(const struct plan *plan, const struct mapping *mapping,
		       const struct page_table_entry *leaf)
{
	const uint64_t offset = leaf->virtual_address - mapping->virtual_address;

	for (unsigned int i = 0; i < plan->facts->leaf_levels; i++) {
		const uint64_t size = UINT64_C(1) << plan->facts->shifts[i];
		const uint64_t before = leaf->virtual_address % size;

		if (size > leaf->size && before <= offset &&
		    before == leaf->physical_address % size &&
		    size <= mapping->size - (offset - before))
			fail_plan(plan, "a leaf that could be larger", leaf->virtual_address);
	}
}

static void compare_leaf(struct comparison *comparison, const struct page_table_entry *leaf)
{
	const struct plan *plan = comparison->plan;
	const struct mapping *mapping = &plan->mappings[comparison->mapping];

	if (comparison->mapping == plan->count ||
	    leaf->virtual_address != mapping->virtual_address + comparison->done)
		fail_plan(plan, "not the next leaf", leaf->virtual_address);
	if (leaf->physical_address != mapping->physical_address + comparison->done)
		fail_plan(plan, "wrong physical address", leaf->virtual_address);
	if (leaf->size > mapping->size - comparison->done)
		fail_plan(plan, "a leaf beyond its mapping", leaf->virtual_address);
	check_attributes(plan, mapping, leaf);
	check_size(plan, mapping, leaf);
	comparison->done += leaf->size;
	if (comparison->done == mapping->size) {
		comparison->mapping++;
		comparison->done = 0;
	}
}

static void compare_table(struct comparison *comparison, uint64_t address)
{
	const uint64_t number = (address - comparison->memory.address) / PAGE;

	if (address < comparison->memory.address || number >= comparison->memory.size / PAGE)
		fail_plan(comparison->plan, "a table outside", address);
	if (comparison->reached[number]++)
		fail_plan(comparison->plan, "a table reached twice", address);
	comparison->tables++;
}

static int compare_entry(void *context, const struct page_table_entry *entry)
{
	struct comparison *comparison = context;

	if (entry->complaint)
		fail_plan(comparison->plan, entry->complaint, entry->virtual_address);
	if (comparison->empty && entry->level + 1 != comparison->level_above)
		fail_plan(comparison->plan, "an empty table before", entry->virtual_address);
	comparison->empty = entry->kind == PAGE_TABLE_TABLE;
	comparison->level_above = entry->level;
	if (entry->kind == PAGE_TABLE_TABLE)
		compare_table(comparison, entry->physical_address);
	else
		compare_leaf(comparison, entry);
	return 0;
}

static void compare_all(struct comparison *comparison)
{
	const struct plan *plan = comparison->plan;
	const uint64_t root = comparison->memory.address;

	compare_table(comparison, root);
	assert_int_equal(page_table_query_visit(plan->facts->format, &comparison->memory, root,
						compare_entry, comparison),
			 0);
	if (comparison->mapping != plan->count)
		fail_plan(plan, "not mapped: something",
			  plan->mappings[comparison->mapping].virtual_address + comparison->done);
	if (comparison->empty || comparison->tables != comparison->memory.size / PAGE)
		fail_plan(plan, "tables without use", root);
}

/* --- Single addresses, as the CPU would look them up ---------------------------------------- */

static const struct mapping *find_mapping(const struct plan *plan, uint64_t address)
{
	for (size_t i = 0; i < plan->count; i++)
		if (address >= plan->mappings[i].virtual_address &&
		    address - plan->mappings[i].virtual_address < plan->mappings[i].size)
			return &plan->mappings[i];
	return NULL;
}

static void look_up(const struct comparison *comparison, uint64_t address)
{
	const struct plan *plan = comparison->plan;
	const struct mapping *mapping = find_mapping(plan, address);
	struct page_table_entry entry;

	page_table_query(plan->facts->format, &comparison->memory, comparison->memory.address,
			 address, &entry);
	if (address - plan->facts->lowest >= UINT64_C(1) << plan->facts->virtual_bits) {
		if (mapping || !entry.complaint)
			fail_plan(plan, "found outside the format's range", address);
		return;
	}
	if (entry.complaint)
		fail_plan(plan, entry.complaint, address);
	if (!mapping != (entry.kind == PAGE_TABLE_HOLE))
		fail_plan(plan, mapping ? "not found" : "found", address);
	if (!mapping)
		return;
	check_attributes(plan, mapping, &entry);
	if (entry.physical_address + (address - entry.virtual_address) !=
	    mapping->physical_address + (address - mapping->virtual_address))
		fail_plan(plan, "found at a wrong physical address", address);
}

/* The first and last bytes of each mapping, the ones beside them, and some within. */
static void look_up_edges(const struct comparison *comparison, struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct mapping *mapping = &plan->mappings[i];
		const uint64_t end = mapping->virtual_address + mapping->size;

		look_up(comparison, mapping->virtual_address);
		look_up(comparison, mapping->virtual_address - 1);
		look_up(comparison, mapping->virtual_address - PAGE);
		look_up(comparison, end - 1);
		look_up(comparison, end - PAGE);
		look_up(comparison, end);
		look_up(comparison, end + PAGE - 1);
		look_up(comparison, mapping->virtual_address + random_below(plan, mapping->size));
	}
}

static void check_plan(struct plan *plan, struct test_log *log)
{
	const struct page_table_format *format = plan->facts->format;
	const uint64_t tables = page_table_count(format, plan->mappings, plan->count);
	const uint64_t highest = (UINT64_C(1) << plan->facts->physical_bits) / PAGE - tables;
	uint8_t *bytes = malloc(tables * PAGE);
	struct comparison comparison = {
		.plan = plan,
		.memory = {.bytes = bytes,
			   .size = tables * PAGE,
			   .address = random_below(plan, highest + 1) * PAGE},
		.reached = calloc(tables, 1),
	};

	assert_non_null(bytes);
	assert_non_null(comparison.reached);
	memset(bytes, 0xa5, tables * PAGE);
	assert_int_equal(page_table_build(format, plan->mappings, plan->count, bytes, tables * PAGE,
					  comparison.memory.address, &log->log),
			 0);
	compare_all(&comparison);
	look_up_edges(&comparison, plan);
	free(comparison.reached);
	free(bytes);
}

static void test_random_plans(void **state)
{
	struct plan plan = {.random = 1};
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(all_facts); i++) {
		plan.facts = &all_facts[i];
		for (plan.number = 0; plan.number < PLANS; plan.number++) {
			random_plan(&plan, &log);
			check_plan(&plan, &log);
		}
	}
	test_log_expect_nothing(&log);
	test_log_close(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_plans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
