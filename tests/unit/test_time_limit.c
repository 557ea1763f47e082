/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The limit of purgatory's time, by a counter that does what the test says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Here they change. */
#define PURGATORY_PATCHED volatile

#include "../../purgatory/arch_interface.h"
#include "../../purgatory/time_limit.h"
#include "purgatory.h"

#define SECOND UINT64_C(1000000)
/* A value that no read of the counter repeats, see timer.c. */
#define START (UINT64_C(1) << 40 | 0x80)

static uint64_t counter;

uint64_t arch_counter(void)
{
	return counter;
}

uint64_t arch_counter_frequency(void)
{
	return 0;
}

volatile uint64_t purgatory_timer_frequency;
volatile uint32_t purgatory_time_limit;

static int set_up(void **state)
{
	(void)state;
	counter = START;
	purgatory_timer_frequency = SECOND;
	purgatory_time_limit = 60;
	return 0;
}

/* Let time go by in steps, as long as the limit is not reached; returns how much of @most. */
static uint64_t pass(struct time_limit *limit, uint64_t step, uint64_t most)
{
	uint64_t passed = 0;

	while (passed < most) {
		passed += step;
		counter += step;
		if (time_limit_reached(limit))
			break;
	}
	return passed;
}

/* A slow machine reaches the limit, whatever it takes from one look to the next. */
static void test_slow(void **state)
{
	static const struct {
		uint64_t step, reached;
	} cases[] = {
		{SECOND / 10, 60 * SECOND},
		{12 * SECOND, 60 * SECOND},
		{15 * SECOND, 60 * SECOND},
		{60 * SECOND, 240 * SECOND}, /* 4 looks */
	};
	struct time_limit limit;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		time_limit_start(&limit);
		assert_int_equal(pass(&limit, cases[i].step, 1000 * SECOND), cases[i].reached);
	}
}

/* One that is less slow goes on for ever. */
static void test_progress(void **state)
{
	struct time_limit limit;

	(void)state;
	time_limit_start(&limit);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(pass(&limit, SECOND, 59 * SECOND), 59 * SECOND);
		assert_true(limit.passed > 0);
		time_limit_progress(&limit);
	}
}

/* Neither a counter that jumps nor a machine that was stopped is slow. */
static void test_jump(void **state)
{
	static const uint64_t jumps[] = {100 * SECOND, UINT64_C(1) << 56, -(UINT64_C(1) << 56),
					 -SECOND};
	struct time_limit limit;

	(void)state;
	for (size_t i = 0; i < sizeof(jumps) / sizeof(jumps[0]); i++) {
		time_limit_start(&limit);
		assert_int_equal(pass(&limit, SECOND, 20 * SECOND), 20 * SECOND);
		counter += jumps[i];
		assert_int_equal(pass(&limit, SECOND, 15 * SECOND), 15 * SECOND);
		counter -= jumps[i];
		assert_int_equal(pass(&limit, SECOND, 5 * SECOND), 5 * SECOND);
		/* It is still at work. */
		assert_true(pass(&limit, SECOND, 60 * SECOND) < 25 * SECOND);
	}
}

/* Without a limit, or a frequency that makes sense, nothing is ever too slow. */
static void test_none(void **state)
{
	static const struct {
		uint64_t frequency;
		uint32_t seconds;
	} cases[] = {{0, 60}, {SECOND, 0}, {UINT64_MAX, 60}, {1, 3}};
	struct time_limit limit;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		purgatory_timer_frequency = cases[i].frequency;
		purgatory_time_limit = cases[i].seconds;
		time_limit_start(&limit);
		assert_int_equal(pass(&limit, UINT64_C(1) << 50, UINT64_C(1) << 60), UINT64_C(1)
											     << 60);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_slow, set_up),
		cmocka_unit_test_setup(test_progress, set_up),
		cmocka_unit_test_setup(test_jump, set_up),
		cmocka_unit_test_setup(test_none, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
