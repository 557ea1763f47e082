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
	uint64_t ticks; /* how long it may take, 0: the frequency is unknown */
	uint32_t polls; /* how often it may still be asked about */
};

/* Frequency of the counter in Hz: as patched, else as the CPU says; 0: unknown. */
uint64_t timer_frequency(void);

/* Begin a wait of at most so many milliseconds and so many calls of timeout_expired(). */
void timeout_start(struct timeout *timeout, uint32_t milliseconds, uint32_t polls);

/*
 * Whether the wait has taken too long. A counter that stands still, or has no known frequency, does
 * not make it endless: the number of calls is limited too.
 */
bool timeout_expired(struct timeout *timeout);

#endif
