/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mappings of purgatory's page tables: exactly what purgatory touches, and no page more.
 */
#include "support.h"

#include <errno.h>

#include "plan/mappings.h"

#define PAGE  UINT64_C(0x1000)
#define STACK UINT64_C(0x2000)

struct expected_mapping {
	uint64_t address, size;
	enum map_intent intent;
};

static void expect(const struct mappings *mappings, const struct expected_mapping expected[],
		   size_t count)
{
	assert_int_equal(mappings->count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(mappings->list[i].virtual_address, expected[i].address);
		assert_int_equal(mappings->list[i].physical_address, expected[i].address);
		assert_int_equal(mappings->list[i].size, expected[i].size);
		assert_int_equal(mappings->list[i].intent, expected[i].intent);
	}
}

/* What the CPUs share, and two stacks. The page below each stack is not mapped. */
static void test_cpus(void **state)
{
	static const struct cpus_place cpus = {
		.range = {0x40000000, 0x40000000 + 2 * PAGE + 2 * (PAGE + STACK)},
		.stacks = 0x40000000 + 2 * PAGE,
	};
	static const struct expected_mapping expected[] = {
		{0x40000000, 2 * PAGE, MAP_DATA},
		{0x40003000, STACK, MAP_DATA},
		{0x40006000, STACK, MAP_DATA},
	};
	struct mappings mappings = {.count = 0};
	struct test_log log;

	(void)state;
	test_log_open(&log);
	assert_int_equal(mappings_add_cpus(&mappings, &cpus, &log.log), 0);
	expect(&mappings, expected, ARRAY_SIZE(expected));
	test_log_expect_nothing(&log);
	test_log_close(&log);
}

/* Neither other CPUs, nor ramoops. */
static void test_nothing(void **state)
{
	const struct cpus_place cpus = {.stacks = 0};
	const struct ramoops_zone zone = {.intent = MAP_DATA};
	struct mappings mappings = {.count = 0};
	struct test_log log;

	(void)state;
	test_log_open(&log);
	assert_int_equal(mappings_add_cpus(&mappings, &cpus, &log.log), 0);
	assert_int_equal(mappings_add_ramoops(&mappings, &zone, &log.log), 0);
	assert_int_equal(mappings.count, 0);
	test_log_expect_nothing(&log);
	test_log_close(&log);
}

/* Pages that have a byte of the data, or of the zeros that the manifest covers. */
static void test_segments(void **state)
{
	static const struct expected_mapping expected[] = {
		{0x80000000, PAGE, MAP_PAYLOAD},     /* one byte */
		{0x80100000, 2 * PAGE, MAP_PAYLOAD}, /* zeros are covered */
		{0x80200000, PAGE, MAP_CODE},	     /* from here on purgatory */
		{0x80201000, PAGE, MAP_RODATA},
		{0x80202000, PAGE, MAP_DATA}, /* below the guard page */
		{0x80204000, PAGE, MAP_DATA}, /* above it */
	};
	static const struct range guard = {0x80203000, 0x80204000};
	struct plan plan = {
		.segments =
			{
				{.role = SEGMENT_INITRD,
				 .address = 0x80000000,
				 .size = 1,
				 .memory_size = 4 * PAGE},
				{.role = SEGMENT_KERNEL,
				 .address = 0x80100000,
				 .size = 1,
				 .memory_size = 4 * PAGE,
				 .covered = PAGE + 1},
				{.role = SEGMENT_PAGETABLE,
				 .address = 0x80300000,
				 .size = PAGE,
				 .memory_size = PAGE},
				{.role = SEGMENT_CPUS,
				 .address = 0x80400000,
				 .size = PAGE,
				 .memory_size = PAGE},
				{.role = SEGMENT_PURGATORY,
				 .address = 0x80200000,
				 .size = PAGE,
				 .memory_size = PAGE,
				 .permissions = SEGMENT_READ | SEGMENT_EXECUTE},
				{.role = SEGMENT_PURGATORY,
				 .address = 0x80201000,
				 .size = 12,
				 .memory_size = PAGE,
				 .permissions = SEGMENT_READ},
				{.role = SEGMENT_PURGATORY,
				 .address = 0x80202000,
				 .size = 3 * PAGE,
				 .memory_size = 3 * PAGE,
				 .permissions = SEGMENT_READ | SEGMENT_WRITE},
			},
		.segment_count = 7,
	};
	struct mappings mappings = {.count = 0};
	struct test_log log;

	(void)state;
	test_log_open(&log);
	assert_int_equal(mappings_add_identity(&mappings, &plan, guard, &log.log), 0);
	expect(&mappings, expected, ARRAY_SIZE(expected));
	test_log_expect_nothing(&log);
	plan.segments[1].address = UINT64_MAX - PAGE + 1;
	assert_int_equal(mappings_add_identity(&mappings, &plan, guard, &log.log), -EOVERFLOW);
	test_log_expect(&log, "the kernel at 0xfffffffffffff000 ends beyond the address space");
	test_log_close(&log);
}

/* As many as there is room for. */
static void test_full(void **state)
{
	static const struct cpus_place cpus = {{0x40000000, 0x40002000 + PAGE + STACK}, 0x40002000};
	struct mappings mappings = {.count = MAPPINGS_MAX - 2};
	struct test_log log;

	(void)state;
	test_log_open(&log);
	assert_int_equal(mappings_add_cpus(&mappings, &cpus, &log.log), 0);
	assert_int_equal(mappings.count, MAPPINGS_MAX);
	mappings.count = MAPPINGS_MAX - 1;
	assert_int_equal(mappings_add_cpus(&mappings, &cpus, &log.log), -E2BIG);
	test_log_expect(&log, "no room for the mapping of the memory of the CPUs");
	test_log_close(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cpus),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_segments),
		cmocka_unit_test(test_full),
	};

	return test_status(cmocka_run_group_tests(tests, NULL, NULL));
}
