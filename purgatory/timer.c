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

void timeout_start(struct timeout *timeout, uint32_t milliseconds, uint32_t polls)
{
	timeout->start = arch_counter();
	/* Divide first, so that the product does not overflow, whatever number the frequency is. */
	timeout->ticks = timer_frequency() / MILLISECONDS_PER_SECOND * milliseconds;
	timeout->polls = polls;
}

bool timeout_expired(struct timeout *timeout)
{
	if (timeout->polls == 0)
		return true;
	timeout->polls--;
	return timeout->ticks && arch_counter() - timeout->start > timeout->ticks;
}
