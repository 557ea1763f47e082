/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which memory the running kernel's page allocator is about to hand out.
 *
 * kexec_load(2) allocates a source page for every page of a segment, and keeps the invariant that
 * none of them is the destination of another: each one that happens to lie in a segment costs it a
 * walk over all that it has loaded so far, or stays on a list that it walks for each page to come
 * (kimage_alloc_page() in kernel/kexec_core.c). Segments in memory that is not handed out load in
 * linear time; docs/placement.md has the figures.
 */
#ifndef MACHINE_PAGE_ALLOCATOR_H
#define MACHINE_PAGE_ALLOCATOR_H

#include <stdint.h>

#include "base/cost_map.h"
#include "base/log.h"
#include "base/range.h"
#include "base/sysroot.h"
#include "machine/memory_map.h"
#include "machine/page_flags.h"

/* What there is to know. */
struct page_allocator_request {
	const struct memory_map *map;
	const struct range_set *candidates; /* memory in which segments may lie */
	uint64_t needed;		    /* bytes of source pages that will be allocated */
	uint64_t page_size;		    /* of the running kernel */
	const struct page_flags *flags;	    /* NULL: they cannot be read */
};

/*
 * Price the candidates. Free of charge is
 *
 *   - memory of zones that the allocation does not reach, because the ones before them have enough
 *     free pages (/proc/zoneinfo); if they have room for all, all other memory costs the most;
 *   - pages of user space and of the page cache, and the kernel's own image. Of each 2 MiB some
 *     pages are looked at, and of no more than 8 GiB.
 *
 * Blocks in which a page was seen that must not be written to cost nearly as much as what is handed
 * out next, wherever they are, because there is likely to be more of that kind; and so does what is
 * not looked at where it may be handed out. A price keeps nothing off such a page: whoever chooses
 * a place looks at all of its pages (plan/page_check.h).
 *
 * Free memory costs the less the farther it is from the ends of its run: the allocator goes on
 * where it was last, beside what is in use. Where zoneinfo cannot be read a zone is taken to end at
 * 4 GiB; where page flags cannot be read, all but the kernel's own image is taken to be free.
 *
 * Nothing is priced, so that the lowest places are taken, where some RAM may have come or may go
 * after boot: the next kernel is told of memory as it was at boot. That is, if a candidate lies in
 * no zone or in a movable one, or if ACPI has memory devices that can be plugged in.
 *
 * @costs is empty at first. Returns 0, or -ENOMEM with a message.
 */
int page_allocator_read(struct cost_map *costs, const struct page_allocator_request *request,
			const struct sysroot *sysroot, const struct log *log);

#endif
