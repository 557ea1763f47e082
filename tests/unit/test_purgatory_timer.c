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

/* What the counter of Allwinner's A64 says while it carries into bits above the lowest ten. */
enum carry {
	CARRY_RIGHT,
	CARRY_AHEAD,  /* 7ff, fff, 800 */
	CARRY_BEHIND, /* 7ff, 000, 800 */
};

/*
 * The counter, and by what one of its reads is wrong. It goes up by one with so many reads; of
 * those of a tick all but the first are wrong in a carry.
 */
static struct {
	uint64_t now, reads, reads_per_tick, wrong_read, wrong_by;
	enum carry carry;
} counter;

#define CARRY_BITS UINT64_C(0x3ff)

uint64_t arch_counter(void)
{
	const uint64_t next = counter.now + 1;
	const bool first = counter.reads++ % counter.reads_per_tick == 0;

	if (first)
		counter.now = next;
	else if (counter.carry == CARRY_AHEAD && (counter.now & CARRY_BITS) == CARRY_BITS)
		return counter.now | next;
	else if (counter.carry == CARRY_BEHIND && (counter.now & CARRY_BITS) == CARRY_BITS)
		return counter.now & next;
	return counter.now + (counter.reads == counter.wrong_read ? counter.wrong_by : 0);
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
	counter.reads_per_tick = 1;
	counter.carry = CARRY_RIGHT;
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
			/* One poll, and what a read that is wrong may cost. */
			assert_true(polls <= 2);
		}
	}
}

/* A wait has its whole time: the tick in which it began counts only in part. */
static void test_exact_end(void **state)
{
	struct timeout timeout;

	(void)state;
	set_counter(START, 0, 0);
	counter.reads_per_tick = UINT64_MAX;
	counter.reads = 1;
	timeout_start(&timeout, 1, POLLS);
	counter.now += MILLISECOND;
	assert_false(timeout_expired(&timeout));
	counter.now++;
	assert_true(timeout_expired(&timeout));
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
	assert_in_range(ticks, MILLISECOND, MILLISECOND + 6);
}

/* However long the A64's counter is wrong, and whatever it carries into, time goes on as it is. */
static void test_carry(void **state)
{
	static const uint64_t carries[] = {0x400, 0x800, UINT64_C(1) << 32, UINT64_C(1) << 56};
	struct timeout timeout;
	uint64_t ticks, start;
	size_t i, reads;

	(void)state;
	for (i = 0; i < 4 * 2 * 30; i++) {
		/* Begin up to 30 reads before the carry. */
		reads = i / 8;
		set_counter(carries[i / 2 % 4] * 5 - 1 - reads / 8, 0, 0);
		counter.reads_per_tick = 8;
		counter.reads = 8 - reads % 8;
		counter.carry = i % 2 ? CARRY_AHEAD : CARRY_BEHIND;
		start = timer_now();
		timeout_start(&timeout, 1, POLLS);
		while (counter.reads < 40)
			assert_false(timeout_expired(&timeout));
		counter.now += 4 * MILLISECOND;
		assert_true(timer_elapsed(start, &ticks));
		assert_in_range(ticks, 4 * MILLISECOND, 4 * MILLISECOND + 20);
	}
}

static void test_elapsed(void **state)
{
	uint64_t start, ticks, read;
	size_t i;

	(void)state;
	/* A step of any of the reads makes no difference, in either direction. */
	for (i = 0; i < ERROR_COUNT; i++) {
		for (read = 1; read <= 10; read++) {
			set_counter(START, read, errors[i]);
			start = timer_now();
			counter.now += MILLISECOND;
			assert_true(timer_elapsed(start, &ticks));
			assert_in_range(ticks, MILLISECOND - 6, MILLISECOND + 6);
		}
	}
	/* A counter that is behind its start is known to be wrong. */
	set_counter(START, 0, 0);
	start = timer_now();
	counter.now -= MILLISECOND;
	assert_false(timer_elapsed(start, &ticks));
}

/* A counter that stands still where no value of it is believed does not hold anything up. */
static void test_stuck(void **state)
{
	struct timeout timeout;
	uint64_t polls;

	(void)state;
	set_counter(0, 0, 0);
	counter.reads_per_tick = UINT64_MAX;
	counter.reads = 1;
	assert_int_equal(timer_now(), 0);
	timeout_start(&timeout, 1, POLLS);
	for (polls = 0; !timeout_expired(&timeout); polls++)
		;
	assert_int_equal(polls, POLLS);
	assert_true(counter.reads < 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_early_end), cmocka_unit_test(test_end),
		cmocka_unit_test(test_wrap),	     cmocka_unit_test(test_carry),
		cmocka_unit_test(test_elapsed),	     cmocka_unit_test(test_stuck),
		cmocka_unit_test(test_exact_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
