/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Time by the system's counter.
 */
#include "timer.h"

#include "arch_interface.h"
#include "purgatory.h"

#define MILLISECONDS_PER_SECOND 1000

uint64_t timer_frequency(void)
{
	uint64_t frequency = purgatory_timer_frequency;

	return frequency ? frequency : arch_counter_frequency();
}

/*
 * Counters of some CPUs are ahead or behind for a read (purgatory/arm64/ERRATA.md). Therefore
 * differences are signed, and no single read decides anything.
 */
static bool is_later(uint64_t time, uint64_t other)
{
	return (int64_t)(time - other) > 0;
}

/*
 * Allwinner's A64 may be wrong for as long as it takes the counter to carry into its bit 10 or a
 * higher one, and so for more than one read. Its lowest bits are all the same then. Any counter has
 * such values, but for two ticks only. The number of reads is limited because a counter may stand
 * still; those of three ticks of the A64's are fewer, as each has an ISB.
 */
#define LOW_BITS  UINT64_C(0x1ff)
#define READS_MAX 64

static uint64_t read_counter(void)
{
	unsigned int reads = READS_MAX;
	uint64_t value;

	do {
		value = arch_counter();
	} while (((value + 1) & LOW_BITS) <= 1 && --reads > 0);
	return value;
}

/* The median, so that one read that is wrong makes no difference, whatever it says. */
uint64_t timer_now(void)
{
	uint64_t early = read_counter();
	uint64_t late = read_counter();
	const uint64_t third = read_counter();

	if (is_later(early, late)) {
		const uint64_t swapped = early;

		early = late;
		late = swapped;
	}
	if (is_later(third, late))
		return late;
	return is_later(early, third) ? early : third;
}

bool timer_elapsed(uint64_t start, uint64_t *ticks)
{
	const uint64_t now = timer_now();

	*ticks = now - start;
	return !is_later(start, now);
}

void timeout_start(struct timeout *timeout, uint32_t milliseconds, uint32_t polls)
{
	timeout->start = timer_now();
	/* Divide first, so that the product does not overflow, whatever number the frequency is. */
	timeout->ticks = timer_frequency() / MILLISECONDS_PER_SECOND * milliseconds;
	timeout->polls = polls;
}

static bool is_past(const struct timeout *timeout, uint64_t now)
{
	const uint64_t passed = now - timeout->start;

	return is_later(now, timeout->start) && passed > timeout->ticks;
}

/* Most calls do with one read, because one that is behind only lets the wait go on for a poll. */
bool timeout_expired(struct timeout *timeout)
{
	if (timeout->polls == 0)
		return true;
	timeout->polls--;
	return timeout->ticks && is_past(timeout, arch_counter()) && is_past(timeout, timer_now());
}
