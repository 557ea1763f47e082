/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Prices of memory, by how likely the running kernel's page allocator is to hand it out.
 *
 * kexec_load(2) allocates a source page for every page of a segment, and none of them may be the
 * destination of another. For each source page that happens to lie in a segment the kernel walks
 * over all pages that it has loaded so far, or keeps it on a list that it walks for each further
 * page (kimage_alloc_page() in kernel/kexec_core.c). Segments in memory that is not handed out load
 * in linear time; docs/placement.md has the figures.
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

/* The inputs of page_allocator_read(). */
struct page_allocator_request {
	const struct memory_map *map;
	const struct range_set *candidates; /* memory in which segments may lie */
	uint64_t needed;		    /* bytes of source pages that will be allocated */
	uint64_t page_size;		    /* of the running kernel */
	const struct page_flags *flags;	    /* NULL: page flags cannot be read */
};

/*
 * Price the candidates. Two kinds of memory cost nothing:
 *
 *   - memory of zones that the allocation does not reach, because the ones before them have enough
 *     free pages (/proc/zoneinfo); if they have room for all, all other memory costs the most;
 *   - pages of user space and of the page cache, and the kernel's own image. Only some pages of
 *     each 2 MiB are looked at, and of no more than 8 GiB.
 *
 * A block with a page that must not be written to costs nearly as much as the memory that is handed
 * out next, wherever it is, because more such pages are likely in it. So does memory that may be
 * handed out and was not looked at. A price does not protect such a page: whoever chooses a place
 * checks all of its pages (plan/page_check.h).
 *
 * Free memory costs less the farther it is from the ends of its run, because the allocator goes on
 * where it was last, beside memory in use. If zoneinfo cannot be read, a zone is taken to end at 4
 * GiB. If page flags cannot be read, everything but the kernel's own image is taken to be free.
 *
 * Nothing is priced, so that the lowest places are taken, if some RAM may have been added after
 * boot or may be removed, because the next kernel is told of the memory as it was at boot. This is
 * the case if a candidate lies in no zone or in a movable one, or if ACPI has memory devices that
 * can be plugged in.
 *
 * @costs is empty at first. Returns 0, or -ENOMEM with a message.
 */
int page_allocator_read(struct cost_map *costs, const struct page_allocator_request *request,
			const struct sysroot *sysroot, const struct log *log);

#endif
