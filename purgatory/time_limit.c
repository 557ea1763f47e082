/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The limit of the time in which hashing may make no progress.
 */
#include "time_limit.h"

#include "purgatory.h"
#include "timer.h"

/* So many looks at least find that the limit is reached: as many as digest.c takes for a MiB. */
#define LOOKS_MIN 4

void time_limit_start(struct time_limit *limit)
{
	const uint64_t seconds = purgatory_time_limit;
	uint64_t ticks;

	if (__builtin_mul_overflow(timer_frequency(), seconds, &ticks))
		ticks = 0;
	limit->look_max = ticks / LOOKS_MIN;
	limit->passed = 0;
	limit->last = limit->look_max ? timer_now() : 0;
}

void time_limit_progress(struct time_limit *limit)
{
	limit->passed = 0;
}

bool time_limit_reached(struct time_limit *limit)
{
	uint64_t now, ticks;

	if (!limit->look_max)
		return false;
	now = timer_now();
	ticks = now - limit->last;
	limit->last = now;
	if ((int64_t)ticks < 0) /* the counter stepped back */
		ticks = 0;
	limit->passed += ticks < limit->look_max ? ticks : limit->look_max;
	return limit->passed >= limit->look_max * LOOKS_MIN;
}
