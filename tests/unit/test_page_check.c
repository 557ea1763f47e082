/* SPDX-License-Identifier: GPL-2.0-only */
/* Keeping places off pages that must not be written to. */
#include "plan/page_check.h"

#include <stdlib.h>

#include "support.h"

#define MIB(number)  (UINT64_C(number) << 20)
#define GIB(number)  (UINT64_C(number) << 30)
#define PAGE(number) ((uint64_t)(number) * 4096)

/* What a file's page has, KPF_UPTODATE and KPF_LRU of include/uapi/linux/kernel-page-flags.h. */
#define FILE_FLAGS (UINT64_C(1) << 3 | UINT64_C(1) << 5)

/* KPF_HWPOISON */
#define HWPOISON (UINT64_C(1) << 19)

/* 64 MiB of files, but for some pages. */
#define TOTAL MIB(64)

static void open_check(struct page_check *check, struct test_system *system,
		       const struct range *kernel, size_t count, uint64_t broken)
{
	uint64_t *flags = calloc(TOTAL / 4096, sizeof(*flags));

	assert_non_null(flags);
	for (size_t i = 0; i < TOTAL / 4096; i++)
		flags[i] = FILE_FLAGS;
	for (size_t i = 0; i < count; i++)
		for (size_t j = kernel[i].start / 4096; j < kernel[i].end / 4096; j++)
			flags[j] = 0;
	if (broken)
		flags[broken / 4096] = HWPOISON;
	test_sysroot_write(system->directory, "/proc/kpageflags", flags,
			   TOTAL / 4096 * sizeof(*flags));
	free(flags);
	*check = (struct page_check){.flags = {.page_size = 4096}, .left = PAGE_CHECK_PAGES_MAX};
	assert_int_equal(page_flags_open(&check->flags, &system->sysroot, 0), 0);
}

static void expect_set(const struct range_set *set, const struct range *ranges, size_t count)
{
	assert_int_equal(set->count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(set->ranges[i].start, ranges[i].start);
		assert_int_equal(set->ranges[i].end, ranges[i].end);
	}
}

/* The single page between two samples, and a run over the border of blocks. */
static const struct range kernel_pages[] = {
	{MIB(5) - 4096, MIB(5)},
	{MIB(16) - PAGE(2), MIB(16) + PAGE(3)},
	{MIB(40), MIB(40) + 4096},
};

static void test_check(void **state)
{
	struct test_system *system = *state;
	const struct range fit[] = {
		{0, MIB(5) - 4096},
		{MIB(5), MIB(16) - PAGE(2)},
		{MIB(16) + PAGE(3), MIB(64)},
	};
	struct range_set free = {0};
	struct page_check check;

	open_check(&check, system, kernel_pages, ARRAY_SIZE(kernel_pages), 0);
	assert_int_equal(range_set_add(&free, (struct range){0, TOTAL}), 0);
	assert_int_equal(page_check_range(&check, &free, (struct range){0, MIB(4)}), 1);
	assert_int_equal(PAGE_CHECK_PAGES_MAX - check.left, 1024);
	assert_int_equal(page_check_range(&check, &free, (struct range){0, MIB(20)}), 0);
	assert_int_equal(PAGE_CHECK_PAGES_MAX - check.left, 5120);
	expect_set(&free, fit, ARRAY_SIZE(fit));

	/* Nothing is looked at twice, and what was seen is remembered. */
	assert_int_equal(page_check_range(&check, &free, fit[1]), 1);
	range_set_free(&free);
	assert_int_equal(range_set_add(&free, (struct range){0, TOTAL}), 0);
	assert_int_equal(page_check_range(&check, &free, (struct range){0, MIB(20)}), 0);
	assert_int_equal(PAGE_CHECK_PAGES_MAX - check.left, 5120);
	expect_set(&free, fit, ARRAY_SIZE(fit));
	range_set_free(&free);
	page_check_free(&check);
}

static void test_check_all(void **state)
{
	struct test_system *system = *state;
	const struct range fit[] = {
		{MIB(2), MIB(5) - 4096},
		{MIB(5), MIB(16) - PAGE(2)},
		{MIB(16) + PAGE(3), MIB(64)},
	};
	struct range_set free = {0};
	struct page_check check;

	open_check(&check, system, kernel_pages, ARRAY_SIZE(kernel_pages), 0);
	check.left = 9 * 512;
	assert_int_equal(range_set_add(&free, (struct range){MIB(2), TOTAL}), 0);
	assert_int_equal(page_check_all(&check, &free, (struct range){0, MIB(60)}), 0);
	assert_int_equal(check.left, 0);
	expect_set(&free, fit, ARRAY_SIZE(fit));
	/* What must not be looked at any more is taken to be fit. */
	assert_true(check.exhausted);
	assert_int_equal(page_check_range(&check, &free, (struct range){MIB(61), MIB(62)}), 1);
	expect_set(&free, fit, ARRAY_SIZE(fit));
	range_set_free(&free);
	page_check_free(&check);
}

/* The kernel's pages come back when they are the last resort, broken ones never. */
static void test_last_resort(void **state)
{
	struct test_system *system = *state;
	const struct range all = {0, TOTAL};
	const struct range fit[] = {{0, MIB(30)}, {MIB(30) + 4096, TOTAL}};
	struct range_set free = {0};
	struct page_check check;

	open_check(&check, system, kernel_pages, ARRAY_SIZE(kernel_pages), MIB(30));
	assert_int_equal(range_set_add(&free, all), 0);
	assert_int_equal(page_check_range(&check, &free, all), 0);
	assert_int_equal(free.count, 5);
	assert_int_equal(last_resort_open(&check.kernel, &free), 1);
	expect_set(&free, fit, ARRAY_SIZE(fit));
	assert_int_equal(page_check_range(&check, &free, fit[0]), 1);
	assert_int_equal(page_check_range(&check, &free, all), 0);
	expect_set(&free, fit, ARRAY_SIZE(fit));
	assert_int_equal(last_resort_open(&check.kernel, &free), 0);

	/* What was taken meanwhile does not come back. */
	assert_int_equal(range_set_subtract(&free, (struct range){0, MIB(20)}), 0);
	assert_int_equal(last_resort_close(&check.kernel, &free), 0);
	assert_int_equal(last_resort_open(&check.kernel, &free), 1);
	assert_int_equal(free.ranges[0].start, MIB(20));
	range_set_free(&free);
	page_check_free(&check);
}

static void test_budget(void **state)
{
	(void)state;
	assert_int_equal(page_check_budget(MIB(80), 4096), PAGE_CHECK_PAGES_MAX);
	assert_int_equal(page_check_budget(GIB(20), 4096), GIB(160) / 4096);
	assert_int_equal(page_check_budget(UINT64_MAX, 65536), UINT64_MAX / 65536);
}

static int set_up(void **state)
{
	return test_system_set_up(state, sizeof(struct test_system));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_check, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_check_all, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_last_resort, set_up, test_system_tear_down),
		cmocka_unit_test(test_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
