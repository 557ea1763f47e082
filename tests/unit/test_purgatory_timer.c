/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Purgatory's time by counters that are wrong for single reads.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../purgatory/arch_interface.h"
#include "../../purgatory/timer.h"
#include "purgatory.h"

#define FREQUENCY   UINT64_C(1000000)
#define MILLISECOND (FREQUENCY / 1000)
#define START	    (UINT64_C(1) << 40)
#define POLLS	    100

/* The counter, which goes up by one with each read, and by what one of its reads is wrong. */
static struct {
	uint64_t now, reads, wrong_read, wrong_by;
} counter;

uint64_t arch_counter(void)
{
	counter.now++;
	return counter.now + (++counter.reads == counter.wrong_read ? counter.wrong_by : 0);
}

uint64_t arch_counter_frequency(void)
{
	return FREQUENCY;
}

const volatile uint64_t purgatory_timer_frequency = 0;

/* What the counters of ERRATA.md do, most of them in both directions. */
static const uint64_t errors[] = {
	0,
	UINT64_C(1) << 10,
	-(UINT64_C(1) << 10),
	UINT64_C(1) << 32,
	-(UINT64_C(1) << 32),
	UINT64_C(1) << 56,
	-(UINT64_C(1) << 56),
};
#define ERROR_COUNT (sizeof(errors) / sizeof(errors[0]))

static void set_counter(uint64_t now, uint64_t wrong_read, uint64_t wrong_by)
{
	counter.now = now;
	counter.reads = 0;
	counter.wrong_read = wrong_read;
	counter.wrong_by = wrong_by;
}

/* No single read, be it that of the start, ends a wait that is not over. */
static void test_no_early_end(void **state)
{
	struct timeout timeout;
	uint64_t read;
	size_t i;

	(void)state;
	for (i = 0; i < ERROR_COUNT; i++) {
		for (read = 1; read <= 10; read++) {
			set_counter(START, read, errors[i]);
			timeout_start(&timeout, 1, POLLS);
			while (counter.reads < 10)
				assert_false(timeout_expired(&timeout));
		}
	}
}

/* A wait ends when its time is over, or at the latest with its last poll. */
static void test_end(void **state)
{
	struct timeout timeout;
	unsigned int polls;
	uint64_t read;
	size_t i;

	(void)state;
	for (i = 0; i < ERROR_COUNT; i++) {
		for (read = 1; read <= 10; read++) {
			set_counter(START, read, errors[i]);
			timeout_start(&timeout, 1, POLLS);
			counter.now += 2 * MILLISECOND;
			for (polls = 1; !timeout_expired(&timeout); polls++)
				assert_true(polls <= POLLS);
			/* Two polls, and what one that is wrong in between may cost. */
			if (read > 2)
				assert_true(polls <= 4);
		}
	}
}

/* Across the end of the counter's range there is nothing special. */
static void test_wrap(void **state)
{
	struct timeout timeout;
	uint64_t start, ticks;

	(void)state;
	set_counter(UINT64_MAX - 5, 0, 0);
	timeout_start(&timeout, 1, POLLS);
	while (counter.reads < 20)
		assert_false(timeout_expired(&timeout));
	set_counter(UINT64_MAX - 5, 0, 0);
	start = timer_now();
	counter.now += MILLISECOND;
	assert_true(timer_elapsed(start, &ticks));
	assert_in_range(ticks, MILLISECOND, MILLISECOND + 3);
}

static void test_elapsed(void **state)
{
	uint64_t start, ticks, read;

	(void)state;
	/* Steps back of any of the four reads make no difference. */
	for (read = 1; read <= 4; read++) {
		set_counter(START, read, -(UINT64_C(1) << 32));
		start = timer_now();
		counter.now += MILLISECOND;
		assert_true(timer_elapsed(start, &ticks));
		assert_in_range(ticks, MILLISECOND - 3, MILLISECOND + 3);
	}
	/* A start in the future is known to be wrong. */
	set_counter(START, 1, UINT64_C(1) << 56);
	start = timer_now();
	assert_false(timer_elapsed(start, &ticks));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_early_end),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_elapsed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
