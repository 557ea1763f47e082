/* SPDX-License-Identifier: GPL-2.0-only */
/* Places for kernel and initrd: alignment, window, several banks of RAM. */
#include "plan/kernel_place.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

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

#define PRICED(from, to, price) {.range = {from, to}, .density = price}

/* The same where memory has a price. */
static const struct priced_placement {
	struct placement placement;
	struct cost_map_entry costs[3];
} priced_placements[] = {
	{.placement = {.name = "as low as is free of charge",
		       .arch = &arch_arm64,
		       .banks = {LOW},
		       .page_size = 4096,
		       .request = {MIB(40), 0, MIB(5), true},
		       .kernel = GIB(1) + MIB(500),
		       .initrd = GIB(1) + MIB(540)},
	 .costs = {PRICED(GIB(1), GIB(1) + MIB(500), 1)}},
	{.placement = {.name = "riscv64's kernel stays low",
		       .arch = &arch_riscv64,
		       .banks = {LOW},
		       .page_size = 4096,
		       .request = {MIB(40), 0, MIB(5), false},
		       .kernel = GIB(1),
		       .initrd = GIB(1) + MIB(500)},
	 .costs = {PRICED(GIB(1), GIB(1) + MIB(500), 1)}},
	{.placement = {.name = "a text_offset is no obstacle",
		       .arch = &arch_arm64,
		       .banks = {LOW},
		       .page_size = 4096,
		       .request = {MIB(39), 0x80000, MIB(5), true},
		       .kernel = GIB(1) + MIB(500) + 0x80000,
		       .initrd = GIB(1) + MIB(540)},
	 .costs = {PRICED(GIB(1), GIB(1) + MIB(500), 1)}},
	{.placement = {.name = "an arm64 kernel that may be old stays low",
		       .arch = &arch_arm64,
		       .banks = {LOW},
		       .page_size = 4096,
		       .request = {MIB(39), 0x80000, MIB(5), false},
		       .kernel = GIB(1) + 0x80000,
		       .initrd = GIB(1) + MIB(500)},
	 .costs = {PRICED(GIB(1), GIB(1) + MIB(500), 1)}},
	{.placement = {.name = "the initrd's price counts: the free hole for the kernel is left",
		       .arch = &arch_arm64,
		       .banks = {LOW},
		       .page_size = 4096,
		       .request = {MIB(40), 0, MIB(60), true},
		       .kernel = GIB(1),
		       .initrd = GIB(1) + MIB(500)},
	 .costs = {PRICED(GIB(1), GIB(1) + MIB(500), 2),
		   PRICED(GIB(1) + MIB(560), GIB(2) - MIB(40), 9)}},
	{.placement = {.name = "no room for the initrd above the cheapest",
		       .arch = &arch_arm64,
		       .banks = {LOW},
		       .page_size = 4096,
		       .request = {MIB(40), 0, 1, true},
		       .kernel = GIB(2) - MIB(42),
		       .initrd = GIB(2) - MIB(2)},
	 .costs = {PRICED(GIB(1), GIB(2) - MIB(40), 9)}},
	{.placement = {.name = "the initrd stays in the window, whatever it costs",
		       .arch = &arch_arm64,
		       .banks = {LOW, FAR},
		       .page_size = 4096,
		       .request = {MIB(40), 0, MIB(5), true},
		       .kernel = GIB(1),
		       .initrd = GIB(1) + MIB(40)},
	 .costs = {PRICED(GIB(1), GIB(1) + MIB(40), 1), PRICED(GIB(1) + MIB(40), GIB(2), 9),
		   PRICED(GIB(64) + MIB(8), GIB(128), 3)}},
	{.placement = {.name = "a price is no reason to refuse",
		       .arch = &arch_arm64,
		       .banks = {TINY},
		       .page_size = 4096,
		       .request = {MIB(4), 0, MIB(4), true},
		       .kernel = GIB(1),
		       .initrd = GIB(1) + MIB(4)},
	 .costs = {PRICED(GIB(1), GIB(1) + MIB(8), COST_MAP_DENSITY_MAX)}},
	{.placement = {.name = "the kernel fits nowhere",
		       .arch = &arch_arm64,
		       .banks = {TINY},
		       .page_size = 4096,
		       .request = {MIB(9), 0, 1, true},
		       .error = -ENOSPC,
		       .message = "no hole for the kernel"},
	 .costs = {PRICED(GIB(1), GIB(1) + MIB(8), 1)}},
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

static void test_placement(const struct placement *placement, const struct cost_map_entry *costs,
			   size_t cost_count, struct test_log *log)
{
	struct kernel_place place;
	struct plan plan;
	int error;

	make_plan(&plan, placement);
	for (size_t i = 0; i < cost_count; i++)
		assert_int_equal(cost_map_add(&plan.memory.costs, costs[i].range, costs[i].density),
				 0);
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

		assert_int_equal(cost_map_add(&plan->memory.costs, (struct range){start, next},
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
		const uint64_t cost = cost_map_sum(&plan->memory.costs, initrd);

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
		const uint64_t cost = cost_map_sum(&plan->memory.costs, kernel);
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
			cost = cost_map_sum(&plan.memory.costs, place.kernel) +
			       cost_map_sum(&plan.memory.costs, place.initrd);
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

/* Page flags of 128 MiB from 64 MiB on. */
#define FLAGGED_START MIB(64)
#define FLAGGED_END   MIB(192)

/* KPF_BUDDY: in a free block; KPF_HWPOISON: with a hardware error. */
#define BUDDY	 (UINT64_C(1) << 10)
#define HWPOISON (UINT64_C(1) << 19)

/* Free memory but for one page that may be a device's, at each of some addresses. */
struct checked_placement {
	const char *name;
	const struct arch *arch;
	uint64_t kernel_pages[12];
	uint64_t broken_page;
	uint64_t free_end; /* 0: FLAGGED_END */
	struct cost_map_entry costs[2];
	uint64_t kernel; /* of 20 MiB; 0: it finds no place */
	uint64_t initrd; /* of 20 MiB, or: */
	uint64_t initrd_size;
};

static const struct checked_placement checked_placements[] = {
	{.name = "nothing is in the way",
	 .arch = &arch_arm64,
	 .kernel = MIB(64),
	 .initrd = MIB(84)},
	{.name = "the lowest place above the last page of the kernel's",
	 .arch = &arch_arm64,
	 .kernel_pages = {MIB(64), MIB(70) + 4096, MIB(93), MIB(114)},
	 .kernel = MIB(72),
	 .initrd = MIB(93) + 4096},
	{.name = "riscv64's kernel too",
	 .arch = &arch_riscv64,
	 .kernel_pages = {MIB(83)},
	 .kernel = MIB(84),
	 .initrd = MIB(104)},
	{.name = "in memory that is free of charge",
	 .arch = &arch_arm64,
	 .kernel_pages = {MIB(100), MIB(101), MIB(150)},
	 .costs = {{{MIB(64), MIB(100)}, 9, 0}},
	 .kernel = MIB(102),
	 .initrd = MIB(122)},
	{.name = "what costs the most before what has pages of the kernel's",
	 .arch = &arch_arm64,
	 .kernel_pages = {MIB(110), MIB(120), MIB(130), MIB(140), MIB(150), MIB(160), MIB(170),
			  MIB(180), MIB(190)},
	 .costs = {{{MIB(64), MIB(108)}, COST_MAP_DENSITY_MAX, 0}},
	 .kernel = MIB(64),
	 .initrd = MIB(90)},
	{.name = "more tries than are made before all is looked at",
	 .arch = &arch_arm64,
	 .kernel_pages = {MIB(82), MIB(84), MIB(90), MIB(98), MIB(106), MIB(114), MIB(122),
			  MIB(130), MIB(138), MIB(145), MIB(146)},
	 .costs = {{{MIB(147), MIB(192)}, 9, 0}},
	 .kernel = MIB(148),
	 .initrd = MIB(168)},
	{.name = "no place for either but on pages of the kernel's",
	 .arch = &arch_arm64,
	 .kernel_pages = {MIB(82), MIB(90), MIB(100), MIB(110), MIB(120), MIB(130), MIB(140),
			  MIB(150), MIB(160), MIB(170), MIB(180)},
	 .kernel = MIB(64),
	 .initrd = MIB(84)},
	{.name = "not on broken pages then",
	 .arch = &arch_arm64,
	 .kernel_pages = {MIB(90), MIB(100), MIB(110), MIB(120), MIB(130), MIB(140), MIB(150),
			  MIB(160), MIB(170), MIB(180)},
	 .broken_page = MIB(82),
	 .kernel = MIB(84),
	 .initrd = MIB(104)},
	{.name = "no place for either",
	 .arch = &arch_arm64,
	 .kernel_pages = {MIB(70)},
	 .broken_page = MIB(128),
	 .initrd_size = MIB(50),
	 .free_end = MIB(140)},
};

static void write_flags(const struct test_system *system, const struct checked_placement *checked)
{
	uint64_t *flags = calloc(FLAGGED_END / 4096, sizeof(*flags));

	assert_non_null(flags);
	for (uint64_t page = FLAGGED_START / 4096; page < FLAGGED_END / 4096; page++)
		flags[page] = BUDDY;
	for (size_t i = 0; i < ARRAY_SIZE(checked->kernel_pages); i++)
		flags[checked->kernel_pages[i] / 4096] = 0;
	flags[checked->broken_page / 4096] = HWPOISON;
	test_sysroot_write(system->directory, "/proc/kpageflags", flags,
			   FLAGGED_END / 4096 * sizeof(*flags));
	free(flags);
}

static void make_checked_plan(struct plan *plan, struct page_check *check,
			      const struct test_system *system,
			      const struct checked_placement *checked)
{
	write_flags(system, checked);
	*check = (struct page_check){.flags = {.page_size = 4096}, .left = PAGE_CHECK_PAGES_MAX};
	assert_int_equal(page_flags_open(&check->flags, &system->sysroot, FLAGGED_START), 0);
	*plan = (struct plan){
		.memory = {.bounds = {0, UINT64_MAX}, .page_size = 4096, .page_check = check}};
	assert_int_equal(
		range_set_add(&plan->memory.free,
			      (struct range){FLAGGED_START,
					     checked->free_end ? checked->free_end : FLAGGED_END}),
		0);
	for (size_t i = 0; i < ARRAY_SIZE(checked->costs); i++)
		assert_int_equal(cost_map_add(&plan->memory.costs, checked->costs[i].range,
					      checked->costs[i].density),
				 0);
}

static void test_checked_placements(void **state)
{
	struct test_system *system = *state;

	for (size_t i = 0; i < ARRAY_SIZE(checked_placements); i++) {
		const struct checked_placement *checked = &checked_placements[i];
		const struct kernel_request request = {
			.memory_size = MIB(20),
			.initrd_size = checked->initrd_size ? checked->initrd_size : MIB(20),
			.anywhere = checked->arch == &arch_arm64,
		};
		struct kernel_place place;
		struct page_check check;
		struct plan plan;
		int error;

		make_checked_plan(&plan, &check, system, checked);
		error = kernel_place_reserve(&place, &plan, checked->arch, &request,
					     &system->log.log);
		if (error != (checked->kernel ? 0 : -ENOSPC))
			fail_msg("%s: %d", checked->name, error);
		if (error)
			test_log_expect(&system->log,
					"pages that have hardware errors or are offline");
		else if (place.kernel.start != checked->kernel ||
			 place.initrd.start != checked->initrd)
			fail_msg("%s: kernel at %lu MiB, initrd at %lu KiB", checked->name,
				 (unsigned long)place.kernel.start >> 20,
				 (unsigned long)place.initrd.start >> 10);
		page_check_free(&check);
		plan_free(&plan);
	}
}

static int set_up(void **state)
{
	return test_system_set_up(state, sizeof(struct test_system));
}

/*
 * Place a kernel where so many pieces of free memory lie below 128 GiB, and as many above. Below
 * all memory costs something, and above, beyond the window of most kernels, it is free of charge
 * and serves initrds alone. Returns what it took, in CLOCKS_PER_SEC.
 */
static clock_t place_in_pieces(uint64_t pieces)
{
	const struct kernel_request request = {
		.memory_size = MIB(2), .initrd_size = MIB(1), .anywhere = true};
	const struct log quiet = {0};
	struct plan plan = {.memory = {.bounds = {0, UINT64_MAX}, .page_size = 4096}};
	struct kernel_place place;
	clock_t start;

	for (uint64_t i = 0; i < 2 * pieces; i++) {
		const bool above = i >= pieces;
		const uint64_t piece = (above ? GIB(128) : 0) + MIB(4) * (i % pieces);
		const struct range range = {piece, piece + MIB(above ? 1 : 3)};

		assert_int_equal(range_set_add(&plan.memory.free, range), 0);
		if (!above)
			assert_int_equal(
				cost_map_add(&plan.memory.costs, range, 1 + (uint32_t)i % 7), 0);
	}
	start = clock();
	assert_int_equal(kernel_place_reserve(&place, &plan, &arch_arm64, &request, &quiet), 0);
	start = clock() - start;
	assert_true(place.kernel.end <= GIB(128));
	plan_free(&plan);
	return start;
}

/* Eight times as much is 64 times the work where each place is tried with each other. */
static void test_many_pieces(void **state)
{
	const clock_t few = place_in_pieces(1000);
	const clock_t many = place_in_pieces(8000);

	(void)state;
	if (many > 24 * few + CLOCKS_PER_SEC / 20)
		fail_msg("%f s, and %f s for eight times as many", (double)few / CLOCKS_PER_SEC,
			 (double)many / CLOCKS_PER_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_placements),
		cmocka_unit_test(test_priced_placements),
		cmocka_unit_test(test_cheapest_of_all),
		cmocka_unit_test(test_many_pieces),
		cmocka_unit_test_setup_teardown(test_checked_placements, set_up,
						test_system_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
