/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The limit of the time in which hashing may make no progress, by the system's counter.
 *
 * A machine on which it takes minutes to hash a MiB, because something between CPU and memory does
 * not work as it should, looks as if it hung. The limit makes a fault of that. It sees only what
 * comes to an end: purgatory runs with interrupts masked, so an access or a call of firmware that
 * never returns is a matter for a watchdog.
 */
#ifndef PURGATORY_TIME_LIMIT_H
#define PURGATORY_TIME_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

/* The fields belong to time_limit.c. */
struct time_limit {
	uint64_t last;	   /* the counter at the last look */
	uint64_t passed;   /* ticks since the last progress, as far as they count */
	uint64_t look_max; /* the most ticks from one look to the next that count; 0: no limit */
};

/* Begin with the limit that was patched. There is none if the counter's frequency is unknown. */
void time_limit_start(struct time_limit *limit);

/* Tell that there was progress. */
void time_limit_progress(struct time_limit *limit);

/*
 * Look at the counter. Returns true if the limit is reached. From one look to the next no more than
 * a quarter of the limit counts, so that neither a counter that jumps nor a hypervisor that stops
 * this virtual machine for a while is taken for a slow machine.
 */
bool time_limit_reached(struct time_limit *limit);

#endif
