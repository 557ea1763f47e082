/* SPDX-License-Identifier: GPL-2.0-only */
/* Costs of ranges, and the cheapest hole against one that tries every place. */
#include "base/cost_map.h"

#include <stdbool.h>
#include <stdlib.h>

#include "support.h"

#define PAGE(number) ((uint64_t)(number) * COST_MAP_UNIT)

static void test_sums(void **state)
{
	static const struct {
		struct range range;
		uint64_t sum;
	} cases[] = {
		{{0, PAGE(1000)}, 10 * 3 + 10 * 5 + 5 * 7},
		{{0, PAGE(10)}, 0},
		{{PAGE(11), PAGE(12)}, 3},
		{{PAGE(15), PAGE(25)}, 5 * 3 + 5 * 5},
		{{PAGE(29), PAGE(41)}, 5 + 7},
		{{PAGE(30), PAGE(40)}, 0},
		{{PAGE(44), UINT64_MAX}, 7},
		{{PAGE(12), PAGE(12)}, 0},
		{{PAGE(11), PAGE(11) + COST_MAP_UNIT - 1}, 0},
	};
	struct cost_map costs = {0};

	(void)state;
	assert_int_equal(cost_map_add(&costs, (struct range){PAGE(10), PAGE(12)}, 3), 0);
	assert_int_equal(cost_map_add(&costs, (struct range){PAGE(12), PAGE(20)}, 3), 0);
	assert_int_equal(cost_map_add(&costs, (struct range){PAGE(20), PAGE(30)}, 5), 0);
	assert_int_equal(cost_map_add(&costs, (struct range){PAGE(30), PAGE(40)}, 0), 0);
	assert_int_equal(cost_map_add(&costs, (struct range){PAGE(40), PAGE(40)}, 9), 0);
	assert_int_equal(cost_map_add(&costs, (struct range){PAGE(40), PAGE(45)}, 7), 0);
	assert_int_equal(costs.count, 3);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(cost_map_sum(&costs, cases[i].range), cases[i].sum);
	cost_map_free(&costs);
	assert_int_equal(cost_map_sum(&costs, cases[0].range), 0);
}

/* 2^63 bytes at the highest price. */
static void test_largest_sum(void **state)
{
	const struct range all = {0, UINT64_C(1) << 63};
	struct cost_map costs = {0};

	(void)state;
	assert_int_equal(cost_map_add(&costs, all, COST_MAP_DENSITY_MAX), 0);
	assert_int_equal(cost_map_sum(&costs, all), UINT64_C(1) << 63);
	cost_map_free(&costs);
}

static uint64_t random_below(uint64_t limit)
{
	return (uint64_t)random() % limit;
}

/* Pages that random sets and costs lie in. */
#define PAGES 300

static void make_random(struct range_set *set, struct cost_map *costs)
{
	uint64_t page = random_below(20);

	while (page < PAGES) {
		const uint64_t end = page + 1 + random_below(60);

		assert_int_equal(range_set_add(set, (struct range){PAGE(page), PAGE(end)}), 0);
		page = end + 1 + random_below(10);
	}
	for (page = 0; page < PAGES;) {
		const uint64_t end = page + 1 + random_below(30);
		const uint32_t density = (uint32_t)random_below(4);

		assert_int_equal(
			cost_map_add(costs, (struct range){PAGE(page), PAGE(end)}, density), 0);
		page = end;
	}
}

/* The lowest of the cheapest holes; false where there is none. */
static bool try_all(struct cost_map_hole *best, const struct cost_map *costs,
		    const struct hole_search *search)
{
	bool found = false;

	for (uint64_t start = search->offset; start < PAGE(2 * PAGES); start += search->alignment) {
		const struct range hole = {start, start + search->size};
		const uint64_t cost = cost_map_sum(costs, hole);

		if (!range_contain(search->bounds, hole) || !range_set_contain(search->set, hole))
			continue;
		if (!found || cost < best->cost)
			*best = (struct cost_map_hole){hole, cost};
		found = true;
	}
	return found;
}

static void test_cheapest(void **state)
{
	size_t without = 0;

	(void)state;
	srandom(1);
	for (unsigned int i = 0; i < 2000; i++) {
		const uint64_t alignment = PAGE(1) << random_below(6);
		struct cost_map costs = {0};
		struct cost_map_holes holes = {0};
		struct cost_map_hole expected;
		struct range_set set = {0};
		const struct hole_search search = {
			.set = &set,
			.bounds = {PAGE(random_below(50)), PAGE(250 + random_below(150))},
			.size = PAGE(1 + random_below(40)),
			.alignment = alignment,
			.offset = align_down(random_below(alignment), COST_MAP_UNIT),
		};

		make_random(&set, &costs);
		assert_int_equal(cost_map_find_holes(&holes, &costs, &search), 0);
		if (try_all(&expected, &costs, &search)) {
			const struct cost_map_hole *found =
				cost_map_find_cheapest(&holes, search.bounds);

			assert_non_null(found);
			assert_int_equal(found->cost, expected.cost);
			assert_int_equal(found->hole.start, expected.hole.start);
			assert_int_equal(found->hole.end, expected.hole.end);
		} else {
			assert_int_equal(holes.count, 0);
			without++;
		}
		cost_map_free_holes(&holes);
		cost_map_free(&costs);
		range_set_free(&set);
	}
	/* Neither kind of case is rare. */
	assert_in_range(without, 1, 1000);
}

/* Narrower bounds than those of the search. */
static void test_bounds(void **state)
{
	struct range ranges[] = {{0, PAGE(100)}};
	const struct range_set set = {.ranges = ranges, .count = 1};
	const struct hole_search search = {
		.set = &set,
		.bounds = {0, UINT64_MAX},
		.size = PAGE(10),
		.alignment = PAGE(1),
	};
	struct cost_map costs = {0};
	struct cost_map_holes holes = {0};
	const struct cost_map_hole *found;

	(void)state;
	assert_int_equal(cost_map_add(&costs, (struct range){PAGE(0), PAGE(50)}, 1), 0);
	assert_int_equal(cost_map_find_holes(&holes, &costs, &search), 0);
	found = cost_map_find_cheapest(&holes, search.bounds);
	assert_non_null(found);
	assert_int_equal(found->hole.start, PAGE(50));
	found = cost_map_find_cheapest(&holes, (struct range){0, PAGE(59)});
	assert_non_null(found);
	assert_int_equal(found->hole.start, PAGE(49));
	assert_int_equal(found->cost, 1);
	assert_null(cost_map_find_cheapest(&holes, (struct range){PAGE(95), UINT64_MAX}));
	cost_map_free_holes(&holes);
	cost_map_free(&costs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_largest_sum),
		cmocka_unit_test(test_cheapest),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
