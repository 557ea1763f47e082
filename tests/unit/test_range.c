/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ranges and sets of ranges: tables for the edges, and random sets against a bitmap, in which every
 * operation is trivial.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/range.h"
#include "support.h"

static void test_make(void **state)
{
	static const struct {
		uint64_t start, size;
		int result;
		uint64_t end;
	} cases[] = {
		{0, 0, 0, 0},
		{1, 2, 0, 3},
		{UINT64_MAX, 0, 0, UINT64_MAX},
		{UINT64_MAX - 1, 1, 0, UINT64_MAX},
		{UINT64_MAX, 1, -EOVERFLOW, 0},
		{1, UINT64_MAX, -EOVERFLOW, 0},
		{0, UINT64_MAX, 0, UINT64_MAX},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct range range = {7, 9};

		assert_int_equal(range_make(&range, cases[i].start, cases[i].size),
				 cases[i].result);
		assert_int_equal(range.start, cases[i].result ? 7 : cases[i].start);
		assert_int_equal(range.end, cases[i].result ? 9 : cases[i].end);
	}
}

static void test_align(void **state)
{
	static const struct {
		uint64_t value, alignment, down;
		int result;
		uint64_t up;
	} cases[] = {
		{0, 4096, 0, 0, 0},
		{1, 4096, 0, 0, 4096},
		{4095, 4096, 0, 0, 4096},
		{4096, 4096, 4096, 0, 4096},
		{5, 1, 5, 0, 5},
		{UINT64_MAX, 1, UINT64_MAX, 0, UINT64_MAX},
		{UINT64_MAX, 2, UINT64_MAX - 1, -EOVERFLOW, 0},
		{UINT64_MAX - 4095, 4096, UINT64_MAX - 4095, 0, UINT64_MAX - 4095},
		{UINT64_MAX - 4094, 4096, UINT64_MAX - 4095, -EOVERFLOW, 0},
		{3, UINT64_C(1) << 63, 0, 0, UINT64_C(1) << 63},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t up = 0;

		assert_int_equal(align_down(cases[i].value, cases[i].alignment), cases[i].down);
		assert_int_equal(align_up(&up, cases[i].value, cases[i].alignment),
				 cases[i].result);
		if (!cases[i].result)
			assert_int_equal(up, cases[i].up);
	}
}

static void test_relations(void **state)
{
	static const struct {
		struct range a, b;
		bool overlap, a_contains_b;
	} cases[] = {
		{{1, 5}, {5, 9}, false, false}, {{1, 5}, {4, 9}, true, false},
		{{1, 9}, {3, 4}, true, true},	{{1, 9}, {1, 9}, true, true},
		{{3, 4}, {1, 9}, true, false},	{{1, 9}, {1, 10}, true, false},
		{{1, 9}, {0, 9}, true, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(range_overlap(cases[i].a, cases[i].b), cases[i].overlap);
		assert_int_equal(range_overlap(cases[i].b, cases[i].a), cases[i].overlap);
		assert_int_equal(range_contain(cases[i].a, cases[i].b), cases[i].a_contains_b);
	}
}

/* Two pieces of RAM at 1 GiB and 3 GiB, the lower one from an odd page on. */
static void make_ram(struct range_set *set)
{
	assert_int_equal(range_set_add(set, (struct range){0x40001000, 0x80000000}), 0);
	assert_int_equal(range_set_add(set, (struct range){0xc0000000, 0x100000000}), 0);
}

static void test_find_hole(void **state)
{
	static const struct {
		struct range bounds;
		uint64_t size, alignment, offset;
		int result;
		uint64_t start;
	} cases[] = {
		{{0, UINT64_MAX}, 0x1000, 0x1000, 0, 0, 0x40001000},
		{{0, UINT64_MAX}, 0x1000, 0x200000, 0, 0, 0x40200000},
		/* The offset may be reached before the first multiple of the alignment. */
		{{0, UINT64_MAX}, 0x1000, 0x200000, 0x80000, 0, 0x40080000},
		{{0, UINT64_MAX}, 0x1000, 0x200000, 0x1000, 0, 0x40001000},
		{{0, UINT64_MAX}, 0x3ffff000, 0x1000, 0, 0, 0x40001000},
		{{0, UINT64_MAX}, 0x40000000, 0x1000, 0, 0, 0xc0000000},
		{{0, UINT64_MAX}, 0x40000001, 0x1000, 0, -ENOSPC, 0},
		{{0, UINT64_MAX}, UINT64_MAX, 1, 0, -EOVERFLOW, 0},
		{{0, 0x40001000}, 1, 1, 0, -ENOSPC, 0},
		{{0, 0x40001001}, 1, 1, 0, 0, 0x40001000},
		{{0x50000001, UINT64_MAX}, 0x1000, 0x1000, 0, 0, 0x50001000},
		{{0x7ffff001, UINT64_MAX}, 0x1000, 0x1000, 0, 0, 0xc0000000},
		{{0x80000000, 0xc0000000}, 1, 1, 0, -ENOSPC, 0},
		{{0xffffffff, UINT64_MAX}, 1, 1, 0, 0, 0xffffffff},
		{{5, 5}, 1, 1, 0, -ENOSPC, 0},
		{{0x90000000, 0x50000000}, 1, 1, 0, -ENOSPC, 0},
		{{0, UINT64_MAX}, 1, UINT64_C(1) << 63, 0, -ENOSPC, 0},
	};
	struct range_set set = {0};

	(void)state;
	make_ram(&set);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct range hole = {0, 0};

		assert_int_equal(range_set_find_hole(&hole, &set, cases[i].bounds, cases[i].size,
						     cases[i].alignment, cases[i].offset),
				 cases[i].result);
		if (cases[i].result)
			continue;
		assert_int_equal(hole.start, cases[i].start);
		assert_int_equal(range_size(hole), cases[i].size);
	}
	range_set_free(&set);
}

/* RAM that ends with the address space: no sum may wrap around to a low address. */
static void test_find_hole_at_the_top(void **state)
{
	const struct range everything = {0, UINT64_MAX};
	struct range_set set = {0};
	struct range hole;

	(void)state;
	assert_int_equal(range_set_add(&set, (struct range){UINT64_MAX - 10, UINT64_MAX}), 0);
	assert_int_equal(range_set_find_hole(&hole, &set, everything, 10, 1, 0), 0);
	assert_int_equal(hole.end, UINT64_MAX);
	assert_int_equal(range_set_find_hole(&hole, &set, everything, 11, 1, 0), -EOVERFLOW);
	assert_int_equal(range_set_find_hole(&hole, &set, everything, 1, 4096, 0), -EOVERFLOW);
	assert_int_equal(range_set_find_hole(&hole, &set, everything, 1, 4096, 4095), -EOVERFLOW);
	assert_int_equal(range_set_find_hole(&hole, &set, everything, 1, 4096, 4090), 0);
	assert_int_equal(hole.start, UINT64_MAX - 5);
	range_set_free(&set);
}

static void test_largest(void **state)
{
	struct range_set set = {0};

	(void)state;
	assert_int_equal(range_size(range_set_largest(&set)), 0);
	assert_int_equal(range_set_size(&set), 0);
	make_ram(&set);
	assert_int_equal(range_set_largest(&set).start, 0xc0000000);
	assert_int_equal(range_set_size(&set), 0x7ffff000);
	range_set_free(&set);
	assert_int_equal(set.count, 0);
	assert_null(set.ranges);
}

/* Random sets: the model is one bool per address. */
#define MODEL_SIZE 96

/* A linear congruential generator: failures can be repeated. */
static uint32_t random_below(uint32_t *seed, uint32_t limit)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % limit;
}

static struct range random_range(uint32_t *seed)
{
	uint32_t start = random_below(seed, MODEL_SIZE + 1);
	uint32_t longest = MODEL_SIZE - start < 20 ? MODEL_SIZE - start : 20;

	return (struct range){start, start + random_below(seed, longest + 1)};
}

/* The set is in its normal form and has the addresses of the model. */
static void check_set(const struct range_set *set, const bool model[MODEL_SIZE])
{
	uint64_t size = 0;

	for (size_t i = 0; i < set->count; i++) {
		assert_true(set->ranges[i].start < set->ranges[i].end);
		assert_true(set->ranges[i].end <= MODEL_SIZE);
		if (i)
			assert_true(set->ranges[i - 1].end < set->ranges[i].start);
	}
	for (uint64_t i = 0; i < MODEL_SIZE; i++) {
		assert_int_equal(range_set_contain(set, (struct range){i, i + 1}), model[i]);
		size += model[i];
	}
	assert_int_equal(range_set_size(set), size);
}

static bool model_contain(const bool model[MODEL_SIZE], struct range range)
{
	for (uint64_t i = range.start; i < range.end; i++) {
		if (i >= MODEL_SIZE || !model[i])
			return false;
	}
	return true;
}

static void check_intersect(const struct range_set *set, const bool model[MODEL_SIZE],
			    struct range bounds)
{
	struct range_set result = {0};
	bool inside[MODEL_SIZE];

	for (uint64_t i = 0; i < MODEL_SIZE; i++)
		inside[i] = model[i] && bounds.start <= i && i < bounds.end;
	assert_int_equal(range_set_intersect(&result, set, bounds), 0);
	check_set(&result, inside);
	range_set_free(&result);
}

static void check_hole(const struct range_set *set, const bool model[MODEL_SIZE], uint32_t *seed)
{
	struct range bounds = random_range(seed);
	uint64_t size = 1 + random_below(seed, 6);
	uint64_t alignment = UINT64_C(1) << random_below(seed, 4);
	uint64_t offset = random_below(seed, (uint32_t)alignment);
	uint64_t expected = bounds.start;
	struct range hole = {0, 0};
	int result = range_set_find_hole(&hole, set, bounds, size, alignment, offset);

	while (expected + size <= bounds.end &&
	       (expected % alignment != offset ||
		!model_contain(model, (struct range){expected, expected + size})))
		expected++;
	if (expected + size > bounds.end) {
		assert_int_equal(result, -ENOSPC);
		return;
	}
	assert_int_equal(result, 0);
	assert_int_equal(hole.start, expected);
	assert_int_equal(range_size(hole), size);
}

/* Two random sets: what is left of the first has the addresses that the second has not. */
static void test_random_differences(void **state)
{
	uint32_t seed = 2;

	(void)state;
	for (size_t round = 0; round < 400; round++) {
		struct range_set set = {0}, taken = {0};
		bool model[MODEL_SIZE] = {false};
		struct range range;

		for (size_t i = random_below(&seed, 6); i; i--) {
			range = random_range(&seed);
			memset(&model[range.start], true, range_size(range));
			assert_int_equal(range_set_add(&set, range), 0);
		}
		for (size_t i = random_below(&seed, 6); i; i--) {
			range = random_range(&seed);
			memset(&model[range.start], false, range_size(range));
			assert_int_equal(range_set_add(&taken, range), 0);
		}
		assert_int_equal(range_set_subtract_all(&set, &taken), 0);
		check_set(&set, model);
		range_set_free(&taken);
		range_set_free(&set);
	}
}

static void test_random_sets(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (size_t round = 0; round < 400; round++) {
		struct range_set set = {0};
		bool model[MODEL_SIZE] = {false};

		for (size_t step = 0; step < 40; step++) {
			struct range range = random_range(&seed);
			bool add = random_below(&seed, 2);

			memset(&model[range.start], add, range_size(range));
			if (add)
				assert_int_equal(range_set_add(&set, range), 0);
			else
				assert_int_equal(range_set_subtract(&set, range), 0);
			check_set(&set, model);
			check_hole(&set, model, &seed);
		}
		check_intersect(&set, model, random_range(&seed));
		range_set_free(&set);
	}
}

/* More ranges than the first allocation holds, in an order that moves all of them. */
static void test_growth(void **state)
{
	struct range_set set = {0};

	(void)state;
	for (uint64_t i = 1000; i; i--)
		assert_int_equal(range_set_add(&set, (struct range){i * 10, i * 10 + 5}), 0);
	assert_int_equal(set.count, 1000);
	for (size_t i = 0; i < set.count; i++)
		assert_int_equal(set.ranges[i].start, (i + 1) * 10);
	assert_int_equal(range_set_add(&set, (struct range){0, UINT64_MAX}), 0);
	assert_int_equal(set.count, 1);
	assert_int_equal(range_set_subtract(&set, (struct range){0, UINT64_MAX}), 0);
	assert_int_equal(set.count, 0);
	range_set_free(&set);
}

static void test_subtract_all(void **state)
{
	static struct range ram[] = {{0x40000000, 0x80000000}, {0xc0000000, 0x100000000}};
	static const struct range_set all = {.ranges = ram, .count = ARRAY_SIZE(ram)};
	static const struct {
		struct range taken[3]; /* ended by an empty one */
		struct range left[4];  /* likewise */
	} cases[] = {
		{{{0}}, {{0x40000000, 0x80000000}, {0xc0000000, 0x100000000}}},
		{{{0, 0x40000000}, {0x80000000, 0xc0000000}},
		 {{0x40000000, 0x80000000}, {0xc0000000, 0x100000000}}},
		{{{0x50000000, 0x58000000}, {0xf0000000, 0x100000000}},
		 {{0x40000000, 0x50000000}, {0x58000000, 0x80000000}, {0xc0000000, 0xf0000000}}},
		{{{0x7fffffff, 0xc0000001}}, {{0x40000000, 0x7fffffff}, {0xc0000001, 0x100000000}}},
		{{{0x40000000, 0x80000000}, {0xc0000000, 0x100000000}}, {{0}}},
		{{{0, UINT64_MAX}}, {{0}}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct range_set set = {0}, taken = {0};
		size_t count = 0;

		for (size_t j = 0; j < ARRAY_SIZE(cases[i].taken); j++)
			assert_int_equal(range_set_add(&taken, cases[i].taken[j]), 0);
		assert_int_equal(range_set_intersect(&set, &all, (struct range){0, UINT64_MAX}), 0);
		assert_int_equal(range_set_subtract_all(&set, &taken), 0);
		for (; range_size(cases[i].left[count]); count++) {
			assert_true(count < set.count);
			assert_int_equal(set.ranges[count].start, cases[i].left[count].start);
			assert_int_equal(set.ranges[count].end, cases[i].left[count].end);
		}
		assert_int_equal(set.count, count);
		range_set_free(&taken);
		range_set_free(&set);
	}
}

static void test_add_all(void **state)
{
	struct range_set set = {0}, added = {0};

	(void)state;
	assert_int_equal(range_set_add(&set, (struct range){0, 4}), 0);
	assert_int_equal(range_set_add(&set, (struct range){6, 8}), 0);
	assert_int_equal(range_set_add(&set, (struct range){20, 30}), 0);
	assert_int_equal(range_set_add(&added, (struct range){4, 6}), 0);
	assert_int_equal(range_set_add(&added, (struct range){10, 12}), 0);
	assert_int_equal(range_set_add(&added, (struct range){22, 40}), 0);
	assert_int_equal(range_set_add_all(&set, &added), 0);
	assert_int_equal(set.count, 3);
	assert_int_equal(set.ranges[0].end, 8);
	assert_int_equal(set.ranges[1].start, 10);
	assert_int_equal(set.ranges[1].end, 12);
	assert_int_equal(set.ranges[2].start, 20);
	assert_int_equal(set.ranges[2].end, 40);
	range_set_free(&set);
	range_set_free(&added);
}

static void test_find_overlap(void **state)
{
	struct range ranges[] = {{10, 20}, {30, 40}};
	const struct range_set set = {.ranges = ranges, .count = ARRAY_SIZE(ranges)};
	static const struct {
		struct range range;
		int found; /* index, or -1 */
	} cases[] = {
		{{0, 10}, -1}, {{0, 11}, 0},  {{19, 20}, 0}, {{20, 30}, -1},
		{{19, 31}, 0}, {{20, 31}, 1}, {{39, 90}, 1}, {{40, UINT64_MAX}, -1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_ptr_equal(range_set_find_overlap(&set, cases[i].range),
				 cases[i].found < 0 ? NULL : &ranges[cases[i].found]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_make),
		cmocka_unit_test(test_align),
		cmocka_unit_test(test_relations),
		cmocka_unit_test(test_find_hole),
		cmocka_unit_test(test_find_hole_at_the_top),
		cmocka_unit_test(test_largest),
		cmocka_unit_test(test_random_sets),
		cmocka_unit_test(test_random_differences),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_subtract_all),
		cmocka_unit_test(test_add_all),
		cmocka_unit_test(test_find_overlap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
