/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Time by the system's counter.
 */
#include "timer.h"

#include "arch.h"
#include "purgatory.h"

#define TIMEOUTS_PER_SECOND 50

/* A read of a device register takes some 100 ns: more than the time limit, less than a second. */
#define TIMEOUT_POLLS_MAX (UINT32_C(1) << 22)

uint64_t timer_frequency(void)
{
	uint64_t frequency = purgatory_timer_frequency;

	return frequency ? frequency : arch_counter_frequency();
}

void timeout_start(struct timeout *timeout)
{
	timeout->start = arch_counter();
	timeout->ticks = timer_frequency() / TIMEOUTS_PER_SECOND;
	timeout->polls = 0;
}

bool timeout_expired(struct timeout *timeout)
{
	if (++timeout->polls >= TIMEOUT_POLLS_MAX)
		return true;
	return timeout->ticks && arch_counter() - timeout->start > timeout->ticks;
}
