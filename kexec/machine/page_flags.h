/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the running kernel uses each page of memory for, from /proc/kpageflags.
 *
 * A page that belongs to the kernel may be a device's buffer or table, to which the device goes on
 * writing after the jump if its driver does not stop it: receive rings, or the tables of a GIC's
 * redistributors. No flag tells such pages from the kernel's others, so all of the kernel's pages
 * count as such.
 */
#ifndef MACHINE_PAGE_FLAGS_H
#define MACHINE_PAGE_FLAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/range.h"
#include "base/sysroot.h"

/* The most pages that one call of page_flags_look() takes. */
#define PAGE_FLAGS_BATCH 512

enum page_use {
	PAGE_FREE,   /* in a free block of the page allocator */
	PAGE_USED,   /* of user space, of the page cache, or the kernel's own image */
	PAGE_KERNEL, /* all others: written to only if there is no other memory */
	PAGE_BROKEN, /* has a hardware error, or is not there: never written to */
};

struct page_flags {
	int descriptor;	    /* of the file; owned; negative: the file cannot be read */
	uint64_t page_size; /* of the running kernel */
	struct range image; /* of the running kernel; may be empty */
	bool only_poison;   /* pages with hardware errors are PAGE_BROKEN, all others PAGE_USED */
};

/*
 * Open /proc/kpageflags and read the flags of the page at @probe as a trial. If the file does not
 * have them, as an empty one does not, no flags can be read. The caller has set page_size, image
 * and only_poison of @flags. Returns 0 or -errno, without a message; flags->descriptor is negative
 * then.
 */
int page_flags_open(struct page_flags *flags, const struct sysroot *sysroot, uint64_t probe);

/*
 * Look at @count pages, PAGE_FLAGS_BATCH at most, from @address on, which is aligned to pages.
 * Returns how many of them the file has, or -errno without a message. Pages that it does not have
 * are PAGE_KERNEL.
 */
ssize_t page_flags_look(const struct page_flags *flags, uint64_t address, size_t count,
			enum page_use *uses);

void page_flags_close(struct page_flags *flags);

#endif
