/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keeping segments off pages that a device may still write to after the jump.
 *
 * Places are chosen first, and then each of their pages is looked at. A page of the running kernel
 * is taken out of the free memory, and another place is chosen. So only pages that may be used are
 * looked at. The running kernel's pages are a last resort, because most of them are no device's.
 */
#ifndef PLAN_PAGE_CHECK_H
#define PLAN_PAGE_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/range.h"
#include "machine/page_flags.h"
#include "plan/last_resort.h"

/*
 * At most this many pages are looked at for one load: 16 GiB with pages of 4 KiB, whose flags take
 * 32 MiB; or this many times the size of the load, if that is more.
 */
#define PAGE_CHECK_PAGES_MAX (UINT64_C(1) << 22)
#define PAGE_CHECK_PAYLOADS  8

struct page_check {
	struct page_flags flags; /* that can be read; owned */
	uint64_t left;		 /* pages that may still be looked at */
	bool exhausted; /* some pages were not looked at because of that limit: they count as usable
			 */
	struct range_set seen;	   /* the memory that was looked at; owned */
	struct last_resort kernel; /* pages of the running kernel; owned */
	struct last_resort broken; /* pages that are never written to; never open; owned */
};

/*
 * The number of pages of @page_size bytes that may be looked at for @payload bytes of kernel and
 * initrd.
 */
uint64_t page_check_budget(uint64_t payload, uint64_t page_size);

/*
 * Look at all pages of @range, up to the limit, and take those that must not be written to out of
 * @free. Returns 1 if there were none of them in @range, 0 if there were, or -ENOMEM without a
 * message.
 *
 * Pages that were taken out of @free stay out until check->kernel is opened. So the next place in
 * @free never has the same pages, and the search comes to an end.
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
