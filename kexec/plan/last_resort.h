/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that segments get only where they find no other place.
 */
#ifndef PLAN_LAST_RESORT_H
#define PLAN_LAST_RESORT_H

#include <stdbool.h>

#include "base/range.h"

struct last_resort {
	struct range_set ranges; /* all of it; owned */
	struct range_set aside;	 /* what was taken out of the free memory; owned */
	bool open;		 /* it is free memory as all other */
	const char *warning;	 /* what to say if a segment lies there; NULL: nothing; not owned */
};

/*
 * Take what @free has of it out of there. What segments have taken meanwhile stays theirs. Returns
 * 0 or -ENOMEM.
 */
int last_resort_close(struct last_resort *resort, struct range_set *free);

/*
 * Make what was taken out of @free part of it again. Returns 1, 0 where it is open or there is
 * nothing, or -ENOMEM.
 */
int last_resort_open(struct last_resort *resort, struct range_set *free);

void last_resort_free(struct last_resort *resort);

#endif
