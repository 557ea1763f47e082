/* SPDX-License-Identifier: GPL-2.0-only */
/* Places for kernel and initrd: alignment, window, several banks of RAM. */
#include "plan/kernel_place.h"

#include <errno.h>
#include <stdlib.h>

#include "support.h"

#define MIB(number) (UINT64_C(number) << 20)
#define GIB(number) (UINT64_C(number) << 30)

/* Two banks of RAM (the second may be empty), a request, and what must come of it. */
struct placement {
	const char *name;
	const struct arch *arch;
	struct range banks[2];
	uint64_t page_size;
	struct kernel_request request;
	uint64_t kernel;
	uint64_t initrd;
	int error;
	const char *message; /* a part of it, if there is an error */
};

#define LOW	  {GIB(1), GIB(2)}
#define TINY	  {GIB(1), GIB(1) + MIB(8)}
#define FAR	  {GIB(64), GIB(128)}
#define FARTHER	  {GIB(128), GIB(129)}
#define NOTHING	  {0, 0}
#define LAST_DONE GIB(1) + MIB(40)

static const struct placement placements[] = {
	{"at the start of RAM",
	 &arch_arm64,
	 {LOW, NOTHING},
	 4096,
	 {MIB(40), 0, MIB(5), false},
	 GIB(1),
	 LAST_DONE,
	 0,
	 NULL},
	{"no initrd",
	 &arch_riscv64,
	 {LOW, NOTHING},
	 4096,
	 {MIB(40), 0, 0, false},
	 GIB(1),
	 0,
	 0,
	 NULL},
	{"RAM that starts unaligned",
	 &arch_arm64,
	 {{GIB(1) + 4096, GIB(2)}, NOTHING},
	 4096,
	 {MIB(38), 0, 1, false},
	 GIB(1) + MIB(2),
	 LAST_DONE,
	 0,
	 NULL},
	{"a kernel's end is rounded up",
	 &arch_riscv64,
	 {LOW, NOTHING},
	 4096,
	 {MIB(38) + 1, 0, 4096, false},
	 GIB(1),
	 LAST_DONE,
	 0,
	 NULL},
	{"text_offset counts from an aligned base",
	 &arch_arm64,
	 {LOW, NOTHING},
	 65536,
	 {MIB(39), 0x80000, 1, false},
	 GIB(1) + 0x80000,
	 LAST_DONE,
	 0,
	 NULL},
	{"text_offset in RAM that starts there",
	 &arch_arm64,
	 {{GIB(1) + 0x80000, GIB(2)}, NOTHING},
	 4096,
	 {MIB(39), 0x80000, 1, false},
	 GIB(1) + 0x80000,
	 LAST_DONE,
	 0,
	 NULL},
	{"text_offset is no multiple of the pages",
	 &arch_arm64,
	 {LOW, NOTHING},
	 65536,
	 {MIB(39), 0x1000, 1, false},
	 0,
	 0,
	 -EINVAL,
	 "text_offset"},
	{"the low bank has no room for both",
	 &arch_arm64,
	 {TINY, FAR},
	 4096,
	 {MIB(4), 0, MIB(6), false},
	 GIB(64),
	 GIB(64) + MIB(4),
	 0,
	 NULL},
	{"riscv64 has no window",
	 &arch_riscv64,
	 {TINY, FAR},
	 4096,
	 {MIB(4), 0, MIB(6), false},
	 GIB(1),
	 GIB(64),
	 0,
	 NULL},
	{"the initrd fits nowhere in the window",
	 &arch_arm64,
	 {TINY, FARTHER},
	 4096,
	 {MIB(4), 0, GIB(2), false},
	 0,
	 0,
	 -ENOSPC,
	 "no hole for the initrd"},
	{"an arm64 kernel reaches no RAM above 2^48",
	 &arch_arm64,
	 {{GIB(1) << 18, (GIB(1) << 18) + GIB(1)}, NOTHING},
	 4096,
	 {MIB(4), 0, 1, true},
	 0,
	 0,
	 -ENOSPC,
	 "no hole for the kernel"},
	{"its initrd does",
	 &arch_arm64,
	 {{(GIB(1) << 18) - MIB(8), (GIB(1) << 18) + GIB(1)}, NOTHING},
	 4096,
	 {MIB(8), 0, 1, true},
	 (GIB(1) << 18) - MIB(8),
	 GIB(1) << 18,
	 0,
	 NULL},
	{"the kernel fits nowhere",
	 &arch_arm64,
	 {TINY, NOTHING},
	 4096,
	 {MIB(9), 0, 1, false},
	 0,
	 0,
	 -ENOSPC,
	 "no hole for the kernel"},
	{"more than any machine has",
	 &arch_arm64,
	 {LOW, NOTHING},
	 4096,
	 {UINT64_MAX, 0, 1, false},
	 0,
	 0,
	 -EOVERFLOW,
	 "damaged"},
};

/* The same where memory has a price. */
static const struct priced_placement {
	struct placement placement;
	struct range_cost costs[3];
} priced_placements[] = {
	{.placement = {.name = "as low as is free of charge",
		       .arch = &arch_arm64,
		       .banks = {LOW},
		       .page_size = 4096,
		       .request = {MIB(40), 0, MIB(5), true},
		       .kernel = GIB(1) + MIB(500),
		       .initrd = GIB(1) + MIB(540)},
	 .costs = {{{GIB(1), GIB(1) + MIB(500)}, 1}}},
	{.placement = {.name = "riscv64's kernel stays low",
		       .arch = &arch_riscv64,
		       .banks = {LOW},
		       .page_size = 4096,
		       .request = {MIB(40), 0, MIB(5), false},
		       .kernel = GIB(1),
		       .initrd = GIB(1) + MIB(500)},
	 .costs = {{{GIB(1), GIB(1) + MIB(500)}, 1}}},
	{.placement = {.name = "a text_offset is no obstacle",
		       .arch = &arch_arm64,
		       .banks = {LOW},
		       .page_size = 4096,
		       .request = {MIB(39), 0x80000, MIB(5), true},
		       .kernel = GIB(1) + MIB(500) + 0x80000,
		       .initrd = GIB(1) + MIB(540)},
	 .costs = {{{GIB(1), GIB(1) + MIB(500)}, 1}}},
	{.placement = {.name = "an arm64 kernel that may be old stays low",
		       .arch = &arch_arm64,
		       .banks = {LOW},
		       .page_size = 4096,
		       .request = {MIB(39), 0x80000, MIB(5), false},
		       .kernel = GIB(1) + 0x80000,
		       .initrd = GIB(1) + MIB(500)},
	 .costs = {{{GIB(1), GIB(1) + MIB(500)}, 1}}},
	{.placement = {.name = "the initrd's price counts: the free hole for the kernel is left",
		       .arch = &arch_arm64,
		       .banks = {LOW},
		       .page_size = 4096,
		       .request = {MIB(40), 0, MIB(60), true},
		       .kernel = GIB(1),
		       .initrd = GIB(1) + MIB(500)},
	 .costs = {{{GIB(1), GIB(1) + MIB(500)}, 2}, {{GIB(1) + MIB(560), GIB(2) - MIB(40)}, 9}}},
	{.placement = {.name = "no room for the initrd above the cheapest",
		       .arch = &arch_arm64,
		       .banks = {LOW},
		       .page_size = 4096,
		       .request = {MIB(40), 0, 1, true},
		       .kernel = GIB(2) - MIB(42),
		       .initrd = GIB(2) - MIB(2)},
	 .costs = {{{GIB(1), GIB(2) - MIB(40)}, 9}}},
	{.placement = {.name = "the initrd stays in the window, whatever it costs",
		       .arch = &arch_arm64,
		       .banks = {LOW, FAR},
		       .page_size = 4096,
		       .request = {MIB(40), 0, MIB(5), true},
		       .kernel = GIB(1),
		       .initrd = GIB(1) + MIB(40)},
	 .costs = {{{GIB(1), GIB(1) + MIB(40)}, 1},
		   {{GIB(1) + MIB(40), GIB(2)}, 9},
		   {{GIB(64) + MIB(8), GIB(128)}, 3}}},
	{.placement = {.name = "a price is no reason to refuse",
		       .arch = &arch_arm64,
		       .banks = {TINY},
		       .page_size = 4096,
		       .request = {MIB(4), 0, MIB(4), true},
		       .kernel = GIB(1),
		       .initrd = GIB(1) + MIB(4)},
	 .costs = {{{GIB(1), GIB(1) + MIB(8)}, RANGE_COST_DENSITY_MAX}}},
	{.placement = {.name = "the kernel fits nowhere",
		       .arch = &arch_arm64,
		       .banks = {TINY},
		       .page_size = 4096,
		       .request = {MIB(9), 0, 1, true},
		       .error = -ENOSPC,
		       .message = "no hole for the kernel"},
	 .costs = {{{GIB(1), GIB(1) + MIB(8)}, 1}}},
};

static void make_plan(struct plan *plan, const struct placement *placement)
{
	*plan = (struct plan){
		.memory = {.bounds = {0, UINT64_MAX}, .page_size = placement->page_size},
	};
	for (size_t i = 0; i < ARRAY_SIZE(placement->banks); i++)
		if (range_size(placement->banks[i]))
			assert_int_equal(range_set_add(&plan->memory.free, placement->banks[i]), 0);
}

/* What holds for every success, whatever the numbers in the table say. */
static void check_place(const struct placement *placement, const struct kernel_place *place)
{
	const struct kernel_request *request = &placement->request;
	const struct arch *arch = placement->arch;

	assert_int_equal((place->kernel.start - request->text_offset) % arch->kernel_alignment, 0);
	assert_int_equal(place->kernel.end % arch->kernel_alignment, 0);
	assert_true(range_size(place->kernel) >= request->memory_size);
	assert_int_equal(range_size(place->initrd), request->initrd_size);
	if (!request->initrd_size)
		return;
	assert_true(place->initrd.start >= place->kernel.end);
	if (arch->initrd_window)
		assert_true(place->initrd.end - align_down(place->kernel.start, GIB(1)) <= GIB(32));
}

static void test_placement(const struct placement *placement, const struct range_cost *costs,
			   size_t cost_count, struct test_log *log)
{
	struct kernel_place place;
	struct plan plan;
	int error;

	make_plan(&plan, placement);
	for (size_t i = 0; i < cost_count; i++)
		assert_int_equal(
			range_costs_add(&plan.memory.costs, costs[i].range, costs[i].density), 0);
	error = kernel_place_reserve(&place, &plan, placement->arch, &placement->request,
				     &log->log);
	if (error != placement->error)
		fail_msg("%s: %d instead of %d", placement->name, error, placement->error);
	if (error) {
		test_log_expect(log, placement->message);
	} else {
		test_log_expect_nothing(log);
		if (place.kernel.start != placement->kernel ||
		    place.initrd.start != placement->initrd)
			fail_msg("%s: kernel at 0x%lx, initrd at 0x%lx", placement->name,
				 (unsigned long)place.kernel.start,
				 (unsigned long)place.initrd.start);
		check_place(placement, &place);
	}
	plan_free(&plan);
}

static void test_placements(void **state)
{
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(placements); i++)
		test_placement(&placements[i], NULL, 0, &log);
	test_log_close(&log);
}

static void test_priced_placements(void **state)
{
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(priced_placements); i++)
		test_placement(&priced_placements[i].placement, priced_placements[i].costs,
			       ARRAY_SIZE(priced_placements[i].costs), &log);
	test_log_close(&log);
}

static uint64_t random_below(uint64_t limit)
{
	return (uint64_t)random() % limit;
}

/* 64 MiB from 1 GiB on with holes in it, and prices, both in units of 64 KiB pages. */
static void make_random_plan(struct plan *plan)
{
	const uint64_t end = GIB(1) + MIB(64);
	uint64_t start = GIB(1);

	*plan = (struct plan){.memory = {.bounds = {0, UINT64_MAX}, .page_size = 65536}};
	while (start < end) {
		const uint64_t next = start + (1 + random_below(170)) * 65536;
		const struct range range = {start, next};

		assert_int_equal(range_set_add(&plan->memory.free,
					       range_clip(range, (struct range){0, end})),
				 0);
		start = next + random_below(20) * 65536;
	}
	for (start = GIB(1); start < end;) {
		const uint64_t next = start + (1 + random_below(100)) * 65536;

		assert_int_equal(range_costs_add(&plan->memory.costs, (struct range){start, next},
						 (uint32_t)random_below(4)),
				 0);
		start = next;
	}
}

/* The lowest cost of an initrd above @kernel, by trying every page. */
static uint64_t try_initrds(const struct plan *plan, struct range kernel, uint64_t size)
{
	uint64_t lowest = UINT64_MAX;

	for (uint64_t start = kernel.end; start < GIB(1) + MIB(64); start += 65536) {
		const struct range initrd = {start, start + size};
		const uint64_t cost = range_costs_sum(&plan->memory.costs, initrd);

		if (cost < lowest && range_set_contain(&plan->memory.free, initrd))
			lowest = cost;
	}
	return lowest;
}

/* The lowest cost of both; UINT64_MAX: there is no place. */
static uint64_t try_kernels(const struct plan *plan, const struct kernel_request *request)
{
	uint64_t lowest = UINT64_MAX;

	for (uint64_t start = GIB(1); start < GIB(1) + MIB(64); start += MIB(2)) {
		const struct range kernel = {start, start + request->memory_size};
		const uint64_t cost = range_costs_sum(&plan->memory.costs, kernel);
		uint64_t initrd;

		if (!range_set_contain(&plan->memory.free, kernel))
			continue;
		initrd = try_initrds(plan, kernel, request->initrd_size);
		if (initrd != UINT64_MAX && cost + initrd < lowest)
			lowest = cost + initrd;
	}
	return lowest;
}

static void test_cheapest_of_all(void **state)
{
	const struct log quiet = {0};
	size_t placed = 0;

	(void)state;
	srandom(1);
	for (unsigned int i = 0; i < 300; i++) {
		const struct kernel_request request = {
			.memory_size = MIB(2) * (1 + random_below(5)),
			.initrd_size = 65536 * (1 + random_below(200)),
			.anywhere = true,
		};
		struct kernel_place place;
		uint64_t expected, cost;
		struct plan plan;

		make_random_plan(&plan);
		expected = try_kernels(&plan, &request);
		if (kernel_place_reserve(&place, &plan, &arch_arm64, &request, &quiet) == 0) {
			cost = range_costs_sum(&plan.memory.costs, place.kernel) +
			       range_costs_sum(&plan.memory.costs, place.initrd);
			assert_int_equal(cost, expected);
			assert_true(place.initrd.start >= place.kernel.end);
			placed++;
		} else {
			assert_int_equal(expected, UINT64_MAX);
		}
		plan_free(&plan);
	}
	/* Neither kind of case is rare. */
	assert_in_range(placed, 100, 290);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_placements),
		cmocka_unit_test(test_priced_placements),
		cmocka_unit_test(test_cheapest_of_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
