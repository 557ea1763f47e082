/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that segments get only if they find no other place.
 */
#ifndef PLAN_LAST_RESORT_H
#define PLAN_LAST_RESORT_H

#include <stdbool.h>

#include "base/range.h"

struct last_resort {
	struct range_set ranges; /* all of it; owned */
	struct range_set aside;	 /* the part that was taken out of the free memory; owned */
	bool open;		 /* it is free memory like any other */
	const char *warning;	 /* what to say if a segment lies there; NULL: nothing; not owned */
};

/*
 * Take its ranges out of @free and set them aside. Segments that lie there already stay. Returns 0
 * or -ENOMEM.
 */
int last_resort_close(struct last_resort *resort, struct range_set *free);

/*
 * Give what was set aside back to @free. Returns 1, 0 if it is open already or there is nothing, or
 * -ENOMEM.
 */
int last_resort_open(struct last_resort *resort, struct range_set *free);

void last_resort_free(struct last_resort *resort);

#endif
