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
 * Counters of some CPUs step back or ahead for a single read (purgatory/arm64/ERRATA.md). Therefore
 * differences are signed, and no single read decides anything.
 */
static bool is_later(uint64_t time, uint64_t other)
{
	return (int64_t)(time - other) > 0;
}

uint64_t timer_now(void)
{
	const uint64_t first = arch_counter();
	const uint64_t second = arch_counter();

	return is_later(first, second) ? first : second;
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
	timeout->was_past = false;
}

bool timeout_expired(struct timeout *timeout)
{
	const uint64_t passed = arch_counter() - timeout->start;
	const bool was_past = timeout->was_past;

	if (timeout->polls == 0)
		return true;
	timeout->polls--;
	timeout->was_past = timeout->ticks && (int64_t)passed > 0 && passed > timeout->ticks;
	return timeout->was_past && was_past;
}
