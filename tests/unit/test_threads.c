/* SPDX-License-Identifier: GPL-2.0-only */
/* Counting the CPUs of machines that are not at hand, and of this one. */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/threads.h"
#include "support.h"

/* A kernel that knows @possible CPUs, of which this process may use every @step'th from @first. */
static struct {
	size_t possible; /* 0: ask the real one */
	size_t first, step;
} kernel;

int __real_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set);
int __wrap_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set);

int __wrap_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
	if (!kernel.possible)
		return __real_sched_getaffinity(pid, size, set);
	if (size * 8 < kernel.possible) {
		errno = EINVAL;
		return -1;
	}
	CPU_ZERO_S(size, set);
	for (size_t i = kernel.first; i < kernel.possible; i += kernel.step)
		CPU_SET_S(i, size, set);
	return 0;
}

static void test_masks(void **state)
{
	static const struct {
		size_t possible, first, step;
		unsigned int count;
	} cases[] = {
		{1, 0, 1, 1},
		{64, 63, 1, 1},
		{64, 0, 2, 32},
		{64, 1, 3, 21},
		{1024, 5, 100, 11},
		{1025, 1024, 1, 1},
		{5000, 3, 7, 714},
		{8192, 0, 1, 8192},
		{65536, 0, 65535, 2},
		/* More than are believed, or a kernel that does not say. */
		{1 << 20, 0, 1, 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		kernel.possible = cases[i].possible;
		kernel.first = cases[i].first;
		kernel.step = cases[i].step;
		assert_int_equal(threads_count_cpus(), cases[i].count);
	}
	kernel.possible = 0;
}

/* taskset, on the last CPU that there is. */
static void test_this_machine(void **state)
{
	cpu_set_t all, one;
	int last = CPU_SETSIZE - 1;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	assert_int_equal(threads_count_cpus(), CPU_COUNT(&all));
	while (!CPU_ISSET(last, &all))
		last--;
	CPU_ZERO(&one);
	CPU_SET(last, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	assert_int_equal(threads_count_cpus(), 1);
	assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_masks),
		cmocka_unit_test(test_this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
