/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keeping segments off pages that a device may still write to after the jump.
 *
 * Places are chosen first, and then each of their pages is looked at. Where one is the running
 * kernel's it is taken out of the free memory, and another place is chosen: so no more is looked at
 * than what may be used. The running kernel's pages are the last resort: most are no device's.
 */
#ifndef PLAN_PAGE_CHECK_H
#define PLAN_PAGE_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/range.h"
#include "machine/page_flags.h"
#include "plan/last_resort.h"

/*
 * So many pages are looked at for one load, at most: 16 GiB of 4 KiB, for 32 MiB of flags; or so
 * many times what is loaded, if that is more.
 */
#define PAGE_CHECK_PAGES_MAX (UINT64_C(1) << 22)
#define PAGE_CHECK_PAYLOADS  8

struct page_check {
	struct page_flags flags;   /* that can be read; owned */
	uint64_t left;		   /* pages that may still be looked at */
	bool exhausted;		   /* some were not looked at for that: they count as usable */
	struct range_set seen;	   /* what was looked at; owned */
	struct last_resort kernel; /* pages of the running kernel; owned */
	struct last_resort broken; /* those that are never to be written to; never open; owned */
};

/* How many pages of @page_size bytes may be looked at for @payload bytes of kernel and initrd. */
uint64_t page_check_budget(uint64_t payload, uint64_t page_size);

/*
 * Look at all pages of @range, as far as may be looked at, and take those that must not be written
 * to out of @free. Returns 1 if there were none of them in @range, 0 if there were, or -ENOMEM
 * without a message.
 *
 * What is left out of @free stays so until check->kernel is opened: a place that is found in @free
 * again never has the same pages, so that looking for one comes to an end.
 */
int page_check_range(struct page_check *check, struct range_set *free, struct range range);

/*
 * The same for all of @free inside @bounds, from the lowest address up. Returns 0, or -ENOMEM
 * without a message.
 */
int page_check_all(struct page_check *check, struct range_set *free, struct range bounds);

/* Free what it owns. */
void page_check_free(struct page_check *check);

#endif
