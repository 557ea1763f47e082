/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Placing segments, and the checks before the system call.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "plan/plan.h"
#include "support.h"

#define MIB (UINT64_C(1) << 20)

/* RAM from 1 GiB to 2 GiB, nothing else asked for. */
static void make_plan(struct plan *plan, uint64_t page_size)
{
	*plan = (struct plan){
		.memory.bounds = {0, UINT64_MAX},
		.memory.page_size = page_size,
		.memory.load_limit = 512 * MIB,
	};
	assert_int_equal(range_set_add(&plan->memory.free, (struct range){0x40000000, 0x80000000}),
			 0);
}

static void test_holes(void **state)
{
	static const struct {
		uint64_t page_size;
		struct hole_request request;
		struct range plan_bounds;
		struct range hole;
	} cases[] = {
		/* Sizes are rounded up to pages, alignments raised to them. */
		{4096,
		 {.size = 1, .alignment = 1, .bounds = {0, UINT64_MAX}},
		 {0, UINT64_MAX},
		 {0x40000000, 0x40001000}},
		{65536,
		 {.size = 65537, .alignment = 8, .bounds = {0x40000001, UINT64_MAX}},
		 {0, UINT64_MAX},
		 {0x40010000, 0x40030000}},
		{4096,
		 {.size = 3 * MIB, .alignment = 2 * MIB, .offset = 0x80000, .bounds = {0, ~0UL}},
		 {0x40080001, UINT64_MAX},
		 {0x40280000, 0x40580000}},
		/* The narrower bounds count, on either side. */
		{4096,
		 {.size = 4096, .alignment = 4096, .bounds = {0x50000000, 0x60000000}},
		 {0, 0x50001000},
		 {0x50000000, 0x50001000}},
		{4096,
		 {.size = 4096, .alignment = 4096, .bounds = {0, 0x60000000}},
		 {0x5ffff000, UINT64_MAX},
		 {0x5ffff000, 0x60000000}},
	};
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct plan plan;
		struct range hole = {0, 0};

		make_plan(&plan, cases[i].page_size);
		plan.memory.bounds = cases[i].plan_bounds;
		assert_int_equal(
			plan_reserve_hole(&plan, &cases[i].request, "kernel", &hole, &log.log), 0);
		assert_int_equal(hole.start, cases[i].hole.start);
		assert_int_equal(hole.end, cases[i].hole.end);
		assert_false(range_set_contain(&plan.memory.free, hole));
		assert_int_equal(range_set_size(&plan.memory.free), 0x40000000 - range_size(hole));
		plan_free(&plan);
	}
	test_log_expect_nothing(&log);
	test_log_close(&log);
}

/* A hole is taken: the next one lies behind it. */
static void test_holes_in_turn(void **state)
{
	const struct hole_request request = {
		.size = 0x3000, .alignment = 1, .bounds = {0, UINT64_MAX}};
	struct range first, second;
	struct test_log log;
	struct plan plan;

	(void)state;
	test_log_open(&log);
	make_plan(&plan, 4096);
	assert_int_equal(plan_reserve_hole(&plan, &request, "a", &first, &log.log), 0);
	assert_int_equal(plan_reserve_hole(&plan, &request, "b", &second, &log.log), 0);
	assert_int_equal(first.end, second.start);
	plan_free(&plan);
	test_log_close(&log);
}

static void test_no_hole(void **state)
{
	static const struct {
		struct hole_request request;
		int result;
		const char *message;
	} cases[] = {
		{{.size = 0x40000001, .alignment = 1, .bounds = {0, UINT64_MAX}},
		 -ENOSPC,
		 "no hole for the initrd: needs 1073745920 bytes aligned to 0x1000 between 0x0 and "
		 "0xffffffffffffffff, where the largest free range is 0x40000000 to 0x7fffffff; "
		 "load smaller"},
		{{.size = 0x2000, .alignment = 1, .bounds = {0x50000000, 0x50001000}},
		 -ENOSPC,
		 "between 0x50000000 and 0x50000fff, where the largest free range is 0x50000000 to "
		 "0x50000fff; load smaller files"},
		{{.size = 1, .alignment = 1, .bounds = {0x100000, 0x200000}},
		 -ENOSPC,
		 "between 0x100000 and 0x1fffff, where no memory is free; load smaller files"},
		{{.size = 1, .alignment = 1, .bounds = {0x90000000, 0x50000000}},
		 -ENOSPC,
		 "between 0x90000000 and 0x90000000"},
		{{.size = UINT64_MAX, .alignment = 1, .bounds = {0, UINT64_MAX}},
		 -EOVERFLOW,
		 "the initrd of 18446744073709551615 bytes is larger than the address space"},
	};
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct range hole = {1, 2};
		struct plan plan;

		make_plan(&plan, 4096);
		assert_int_equal(
			plan_reserve_hole(&plan, &cases[i].request, "initrd", &hole, &log.log),
			cases[i].result);
		test_log_expect(&log, cases[i].message);
		assert_int_equal(hole.end, 2);
		assert_int_equal(range_set_size(&plan.memory.free), 0x40000000);
		plan_free(&plan);
	}
	test_log_close(&log);
}

static void test_add_segment(void **state)
{
	const struct segment segment = {.role = SEGMENT_INITRD, .size = 5, .memory_size = 4097};
	struct segment huge = segment;
	struct test_log log;
	struct plan plan;

	(void)state;
	test_log_open(&log);
	make_plan(&plan, 4096);
	huge.memory_size = UINT64_MAX;
	assert_int_equal(plan_add_segment(&plan, &huge, &log.log), -EOVERFLOW);
	test_log_expect(&log, "segment initrd at 0x0");
	for (size_t i = 0; i < PLAN_SEGMENT_MAX; i++)
		assert_int_equal(plan_add_segment(&plan, &segment, &log.log), 0);
	assert_int_equal(plan.segments[15].memory_size, 8192);
	assert_int_equal(plan.segments[15].size, 5);
	test_log_expect_nothing(&log);
	assert_int_equal(plan_add_segment(&plan, &segment, &log.log), -E2BIG);
	test_log_expect(&log, "no room for segment initrd: kexec_load takes 16 segments");
	assert_int_equal(plan.segment_count, PLAN_SEGMENT_MAX);
	plan_free(&plan);
	test_log_close(&log);
}

static void test_order(void **state)
{
	static const struct segment segments[] = {
		{.role = SEGMENT_KERNEL, .address = 0x3000},
		{.role = SEGMENT_INITRD, .address = UINT64_MAX - 4095},
		{.role = SEGMENT_DTB, .address = 0x9000},
		{.role = SEGMENT_PURGATORY, .address = 0x1000},
	};
	static const uint64_t expected[] = {0x9000, 0x1000, 0x3000, UINT64_MAX - 4095};
	struct plan plan = {.segment_count = ARRAY_SIZE(segments)};

	(void)state;
	memcpy(plan.segments, segments, sizeof(segments));
	plan_order_segments(&plan);
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_int_equal(plan.segments[i].address, expected[i]);
	plan.segment_count = 0;
	plan_order_segments(&plan);
}

/* RAM up to 3 GiB, with memory at its end that is not free. */
static struct range ram[] = {{0, 0xc0000000}};
static struct range reserved[] = {{0x50000000, 0x50001000}, {0xbffe0000, 0xbfff0000}};
static struct range crash[] = {{0x60000000, 0x70000000}};
static const struct memory_map map = {
	.ram = {.ranges = ram, .count = ARRAY_SIZE(ram)},
	.reserved = {.ranges = reserved, .count = ARRAY_SIZE(reserved)},
	.crash = {.ranges = crash, .count = ARRAY_SIZE(crash)},
};

/* The next kernel is told of the same RAM, and of a hole of one page that it must not map. */
static struct range next_usable[] = {{0, 0x78000000}, {0x78001000, 0xc0000000}};
static const struct next_memory next = {
	.usable = {.ranges = next_usable, .count = ARRAY_SIZE(next_usable)},
	.cacheable = {.ranges = next_usable, .count = ARRAY_SIZE(next_usable)},
	.source = "x.dtb",
};

/* Two good segments; each case of test_check changes one of them. */
static const struct segment kernel = {
	.role = SEGMENT_KERNEL,
	.address = 0x40000000,
	.size = 0x1800,
	.memory_size = 0x3000,
	.covered = 0x1800,
};
static const struct segment initrd = {
	.role = SEGMENT_INITRD,
	.address = 0x40003000,
	.size = 0x1000,
	.memory_size = 0x1000,
	.covered = 0x1000,
};

static const struct check_case {
	uint64_t address, size, memory_size, covered; /* of the initrd */
	int result;
	const char *message;
} check_cases[] = {
	{0x40003000, 0x1000, 0x1000, 0x1000, 0, NULL},
	{0x40003000, 0, 0x1000, 0, 0, NULL},
	{0x3ffff000, 0x1000, 0x1000, 0, 0, NULL},
	{0x40003800, 0x1000, 0x1000, 0, -EINVAL,
	 "segment initrd at 0x40003800 (4096 bytes, 4096 "
	 "bytes in memory) is not a whole number"},
	{0x40003000, 0x1000, 0x1800, 0, -EINVAL, "is not a whole number"},
	{0x40003000, 0x1001, 0x1000, 0, -EINVAL, "is larger than its memory"},
	{0x40003000, 0x1000, 0x2000, 0x2000, 0, NULL},
	{0x40003000, 0x1000, 0x1000, 0x1001, -EINVAL, "less memory than the manifest"},
	{0x40003000, 0, 0, 0, -EINVAL, "is empty"},
	{0xfffffffffffff000, 0, 0x1000, 0, -EINVAL, "ends beyond the address space"},
	{0xffffffffffffe000, 0, 0x1000, 0, -EINVAL, "lies outside 0x1000 to 0xffffffff"},
	{0, 0, 0x1000, 0, -EINVAL, "lies outside 0x1000 to 0xffffffff; widen --mem-min"},
	{0xfffff000, 0, 0x2000, 0, -EINVAL, "lies outside 0x1000"},
	{0xbffff000, 0, 0x1000, 0, 0, NULL},
	{0x40002000, 0, 0x1000, 0, -EINVAL,
	 "segment initrd at 0x40002000 (0 bytes, 4096 bytes in "
	 "memory) overlaps segment kernel at 0x40000000"},
	{0x3ffff000, 0, 0x2000, 0, -EINVAL, "overlaps segment kernel"},
	{0x3ffff000, 0, 0x8000, 0, -EINVAL, "overlaps segment kernel"},
	{0x40001000, 0, 0x1000, 0, -EINVAL, "overlaps segment kernel"},
	/* What is in the way, by a byte or as a whole. */
	{0x4ffff000, 0, 0x1000, 0, 0, NULL},
	{0x4ffff000, 0, 0x2000, 0, -EINVAL,
	 "segment initrd at 0x4ffff000 (0 bytes, 8192 bytes in memory) touches 0x50000000 to "
	 "0x50001000, which is reserved"},
	{0xbffe8000, 0, 0x1000, 0, -EINVAL, "touches 0xbffe0000 to 0xbfff0000"},
	{0xbffe0000, 0, 0x10000, 0, -EINVAL, "which is reserved"},
	{0xbfff0000, 0, 0x1000, 0, 0, NULL},
	{0x6ffff000, 0, 0x1000, 0, -EINVAL,
	 "touches 0x60000000 to 0x70000000, which is kept for a crash kernel"},
	{0x70000000, 0, 0x1000, 0, 0, NULL},
	/* Below 4 GiB, where no RAM is. */
	{0xc0000000, 0, 0x1000, 0, -EINVAL,
	 "segment initrd at 0xc0000000 (0 bytes, 4096 bytes in memory) lies outside RAM"},
	{0xbffff000, 0, 0x2000, 0, -EINVAL, "lies outside RAM"},
	/* The limit is 64 KiB, of which the kernel takes three pages. */
	{0x40003000, 0, 0xd000, 0, 0, NULL},
	{0x40003000, 0, 0xe000, 0, -ENOSPC,
	 "the segments need 69632 bytes, but kexec_load takes "
	 "65536 at most (half of RAM); the largest is segment "
	 "initrd"},
};

static void test_check(void **state)
{
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(check_cases); i++) {
		const struct check_case *expected = &check_cases[i];
		struct plan plan = {
			.memory.map = &map,
			.memory.next = &next,
			.memory.bounds = {0x1000, 0x100000000},
			.memory.page_size = 4096,
			.memory.load_limit = 65536,
			.segments = {kernel, initrd},
			.segment_count = 2,
		};

		plan.segments[1].address = expected->address;
		plan.segments[1].size = expected->size;
		plan.segments[1].memory_size = expected->memory_size;
		plan.segments[1].covered = expected->covered;
		assert_int_equal(plan_check(&plan, &log.log), expected->result);
		if (expected->message)
			test_log_expect(&log, expected->message);
		else
			test_log_expect_nothing(&log);
	}
	test_log_close(&log);
}

/* A crash kernel's segments lie in its region, which no other kernel's touch. */
static void test_check_crash(void **state)
{
	static const struct range region = {0x60000000, 0x70000000};
	static const struct {
		uint64_t address, memory_size;
		const char *message;
		int result;
	} cases[] = {
		{0x60000000, 0x1000, NULL, 0},
		{0x6ffff000, 0x1000, NULL, 0},
		/* The running kernel needs two pages of the region. */
		{0x60000000, 0xfffe000, NULL, 0},
		{0x60002000, 0xfffe000, NULL, 0},
		{0x60000000, 0xffff000,
		 "the segments need 268431360 of the 268435456 bytes of the crash kernel's "
		 "region, in which the running kernel needs 8192: boot with a larger",
		 -ENOSPC},
		{0x60000000, 0x10000000, "crashkernel=", -ENOSPC},
		{0x5ffff000, 0x1000,
		 "segment initrd at 0x5ffff000 (0 bytes, 4096 bytes in memory) "
		 "lies outside the crash kernel's region, 0x60000000 to "
		 "0x70000000",
		 -EINVAL},
		{0x5ffff000, 0x2000, "lies outside the crash kernel's region", -EINVAL},
		{0x6ffff000, 0x2000, "lies outside the crash kernel's region", -EINVAL},
		{0x70000000, 0x1000, "lies outside the crash kernel's region", -EINVAL},
		{0x40000000, 0x1000, "lies outside the crash kernel's region", -EINVAL},
		{0xc0000000, 0x1000, "lies outside RAM", -EINVAL},
		/* A device's memory in the region is not for the crash kernel either. */
		{0x68000000, 0x2000, "touches 0x68001000 to 0x68002000, which is reserved",
		 -EINVAL},
	};
	struct range taken[] = {{0x68001000, 0x68002000}};
	const struct memory_map with_hole = {
		.ram = map.ram,
		.crash = map.crash,
		.reserved = {.ranges = taken, .count = 1},
	};
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		/* Nearly all of the region holds the hole, which only one case is about. */
		const bool whole = cases[i].memory_size > range_size(region) / 2;
		struct plan plan = {
			.memory.map = whole ? &map : &with_hole,
			.memory.next = &next,
			.memory.bounds = {0, UINT64_MAX},
			.memory.crash_region = &region,
			.memory.page_size = 4096,
			.memory.load_limit = UINT64_MAX,
			.segments = {initrd},
			.segment_count = 1,
		};

		plan.segments[0].address = cases[i].address;
		plan.segments[0].memory_size = cases[i].memory_size;
		plan.segments[0].size = plan.segments[0].covered = 0;
		assert_int_equal(plan_check(&plan, &log.log), cases[i].result);
		if (cases[i].message)
			test_log_expect(&log, cases[i].message);
		else
			test_log_expect_nothing(&log);
	}
	test_log_close(&log);
}

/* What the device tree that is handed on takes away, and what must keep a distance from there. */
static void test_check_next(void **state)
{
	static const struct {
		enum segment_role role;
		uint64_t address;
		const char *message;
	} cases[] = {
		{SEGMENT_INITRD, 0x77fff000, NULL},
		{SEGMENT_INITRD, 0x78001000, NULL},
		{SEGMENT_INITRD, 0x78000000,
		 "segment initrd at 0x78000000 (0 bytes, 4096 bytes in memory) lies outside the "
		 "memory that device tree x.dtb lets the next kernel use"},
		/* 2 MiB from its start are mapped, and whole blocks of 2 MiB. */
		{SEGMENT_DTB, 0x77e00000, NULL},
		{SEGMENT_DTB, 0x77e01000, "segment dtb at 0x77e01000"},
		{SEGMENT_DTB, 0x781ff000, "lies too close to memory that no kernel maps"},
		{SEGMENT_DTB, 0x78200000, NULL},
		/* The next page of up to 64 KiB may be fetched from. */
		{SEGMENT_PURGATORY, 0x77fef000, NULL},
		{SEGMENT_PURGATORY, 0x77ff0000, "segment purgatory at 0x77ff0000"},
		{SEGMENT_PURGATORY, 0x78010000, "lies too close to memory that no kernel maps"},
		{SEGMENT_PURGATORY, 0x78011000, NULL},
	};
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct plan plan = {
			.memory.map = &map,
			.memory.next = &next,
			.memory.bounds = {0, UINT64_MAX},
			.memory.page_size = 4096,
			.memory.load_limit = UINT64_MAX,
			.segments = {{.role = cases[i].role,
				      .address = cases[i].address,
				      .memory_size = 4096}},
			.segment_count = 1,
		};

		assert_int_equal(plan_check(&plan, &log.log), cases[i].message ? -EINVAL : 0);
		if (cases[i].message)
			test_log_expect(&log, cases[i].message);
		else
			test_log_expect_nothing(&log);
	}
	test_log_close(&log);
}

/* kexec_load(2) with no segments unloads. */
static void test_check_nothing(void **state)
{
	const struct plan plan = {.memory.page_size = 4096};
	struct test_log log;

	(void)state;
	test_log_open(&log);
	assert_int_equal(plan_check(&plan, &log.log), -EINVAL);
	test_log_expect(&log, "no segments");
	test_log_close(&log);
}

static void test_role_names(void **state)
{
	(void)state;
	assert_string_equal(plan_role_name(SEGMENT_KERNEL), "kernel");
	assert_string_equal(plan_role_name(SEGMENT_ELFCOREHDR), "elfcorehdr");
	assert_string_equal(plan_role_name(SEGMENT_ROLE_COUNT), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_holes),	      cmocka_unit_test(test_holes_in_turn),
		cmocka_unit_test(test_no_hole),	      cmocka_unit_test(test_add_segment),
		cmocka_unit_test(test_order),	      cmocka_unit_test(test_check),
		cmocka_unit_test(test_check_crash),   cmocka_unit_test(test_check_next),
		cmocka_unit_test(test_check_nothing), cmocka_unit_test(test_role_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
