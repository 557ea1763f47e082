/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Time by the system's counter: durations and bounded waits.
 */
#ifndef PURGATORY_TIMER_H
#define PURGATORY_TIMER_H

#include <stdbool.h>
#include <stdint.h>

/* A bounded wait; the fields belong to timer.c. */
struct timeout {
	uint64_t start; /* of the wait, by the counter */
	uint64_t ticks; /* how long it may take; 0: the frequency is unknown */
	uint32_t polls; /* how many more calls of timeout_expired() it may have */
};

/* The frequency of the counter in Hz: the patched one, else the CPU's; 0: unknown. */
uint64_t timer_frequency(void);

/* The counter, by the middle one of three reads. */
uint64_t timer_now(void);

/*
 * Find how many ticks have passed since @start, which timer_now() returned. Returns false if the
 * counter is behind that, so that nothing can be said.
 */
bool timer_elapsed(uint64_t start, uint64_t *ticks);

/* Begin a wait of at most @milliseconds and at most @polls calls of timeout_expired(). */
void timeout_start(struct timeout *timeout, uint32_t milliseconds, uint32_t polls);

/*
 * True if the wait has taken too long, by more than one read of the counter. The number of calls
 * is limited too, so that a counter that stands still, or whose frequency is unknown, does not make
 * the wait endless.
 */
bool timeout_expired(struct timeout *timeout);

#endif
