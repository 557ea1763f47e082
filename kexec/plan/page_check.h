/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keeping segments off pages that a device may still write to after the jump.
 *
 * Places are chosen first, and then each of their pages is looked at. Where one is the running
 * kernel's it is taken out of the free memory, and another place is chosen: so no more is looked at
 * than what may be used.
 */
#ifndef PLAN_PAGE_CHECK_H
#define PLAN_PAGE_CHECK_H

#include <stdint.h>

#include "base/range.h"
#include "machine/page_flags.h"

/* So many pages are looked at for one load, at most: 16 GiB of 4 KiB, for 32 MiB of flags. */
#define PAGE_CHECK_PAGES_MAX (UINT64_C(1) << 22)

struct page_check {
	struct page_flags flags; /* that can be read; owned */
	uint64_t left;		 /* pages that may still be looked at */
	struct range_set seen;	 /* what was looked at; owned */
	/* The kernel's pages, and what could not be looked at; owned. */
	struct range_set excluded;
};

/*
 * Look at all pages of @range, and take those that must not be written to out of @free. Returns 1
 * if there were none of them in @range, 0 if there were, or -ENOMEM without a message.
 *
 * What is left out of @free stays so for good: a place that is found in @free again never has the
 * same pages, so that looking for one comes to an end.
 */
int page_check_range(struct page_check *check, struct range_set *free, struct range range);

/*
 * The same for all of @free inside @bounds, from the lowest address up, as far as may be looked at;
 * all the rest inside @bounds is taken out. Returns 0, or -ENOMEM without a message.
 */
int page_check_all(struct page_check *check, struct range_set *free, struct range bounds);

/* Free what it owns. */
void page_check_free(struct page_check *check);

#endif
