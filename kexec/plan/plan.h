/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The plan: the segments of one load, placed in physical memory. It is what kexec_load(2) gets,
 * and what --output writes.
 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cost_map.h"
#include "base/log.h"
#include "base/range.h"
#include "machine/memory_map.h"
#include "manifest.h"
#include "plan/last_resort.h"
#include "plan/next_memory.h"
#include "plan/page_check.h"

/* KEXEC_SEGMENT_MAX of include/uapi/linux/kexec.h. */
#define PLAN_SEGMENT_MAX 16

/* How purgatory may access a segment. */
enum segment_permissions {
	SEGMENT_READ = 1,
	SEGMENT_WRITE = 2,
	SEGMENT_EXECUTE = 4,
};

struct segment {
	enum segment_role role;
	unsigned int permissions; /* enum segment_permissions, or'ed */
	uint64_t address;	  /* physical, aligned to the running kernel's page size */
	const void *data;	  /* what is loaded, @size bytes; not owned */
	uint64_t size;
	uint64_t memory_size; /* a multiple of the page size, at least @size; the rest is zero */
	/* How many bytes from the start the manifest covers: of @data, then of the zeros after it.
	 */
	uint64_t covered;
};

/* What is opened where there is no place without it, one after the other. */
enum last_resort_kind {
	LAST_RESORT_ROOM,      /* for what the next kernel reserves itself */
	LAST_RESORT_REMOVABLE, /* what the platform may take away again */
	LAST_RESORT_PAGES,     /* of the running kernel, which devices may write to */
	LAST_RESORT_CODE,      /* of the running kernel, which may be read-only at the jump */
	LAST_RESORT_COUNT,
};

/* Where segments may go. */
struct plan_memory {
	/* What there is here and to the next kernel, for plan_check(); not owned. */
	const struct memory_map *map;
	const struct next_memory *next;
	bool limited_by_tree;  /* @free is less than the running kernel can spare */
	struct range_set free; /* RAM that is neither reserved nor taken by a segment; owned */
	/* RAM that is in @free only where something finds no place without it; owned. That for
	 * LAST_RESORT_PAGES is empty, @page_check has it. */
	struct last_resort last_resorts[LAST_RESORT_COUNT];
	struct range bounds;   /* --mem-min and --mem-max */
	struct cost_map costs; /* of what is better left free; owned */
	/* Looks at the pages of each place; NULL: their flags cannot be read. Not owned. */
	struct page_check *page_check;
	/* For a crash kernel the region in which all segments must lie, in @map; else NULL. */
	const struct range *crash_region;
	uint64_t page_size;  /* of the running kernel: 4096, 16384 or 65536 */
	uint64_t load_limit; /* bytes that all segments may take together */
};

struct plan {
	struct plan_memory memory;
	struct segment segments[PLAN_SEGMENT_MAX];
	size_t segment_count;
	uint64_t entry; /* physical address at which the old kernel jumps */
};

/* A request for a place. */
struct hole_request {
	uint64_t size;	     /* bytes, more than 0 */
	uint64_t alignment;  /* power of two; raised to the page size where smaller */
	uint64_t offset;     /* of the start from the alignment; smaller than it */
	struct range bounds; /* where; narrowed to the plan's own */
	/* The hole must lie in one of these ranges too; NULL: anywhere. Not owned. */
	const struct range_set *within;
};

/*
 * Whether all pages of @range, a part of the free memory, may be written to. Those that may not are
 * taken out of the free memory, so that another place can be looked for. Returns 1, 0, or -ENOMEM
 * without a message.
 */
int plan_check_pages(struct plan *plan, struct range range);

/*
 * Find a hole of whole pages: the lowest that fits, and whose pages may all be written to. It stays
 * free. Returns 0 and the hole, or -ENOSPC, -EOVERFLOW, -ENOMEM without a message.
 */
int plan_find_hole(struct plan *plan, const struct hole_request *request, struct range *hole);

/*
 * Make the next last resort free memory. Returns 1, 0 where there is none that is not open yet, or
 * -ENOMEM without a message.
 */
int plan_open_last_resort(struct plan *plan);

/* Take what is left of all of them out of the free memory again. Returns 0 or -ENOMEM likewise. */
int plan_close_last_resorts(struct plan *plan);

/* Give back all places: make the free memory @all, and what is open of the last resorts. Likewise.
 */
int plan_reset_free(struct plan *plan, const struct range_set *all);

/*
 * Reserve such a hole: it is taken out of the free memory, or where that has none, of that
 * and the last resorts, as many as it takes. @purpose is the noun for the message if there is none
 * ("kernel"). Returns 0 and the hole, or -ENOSPC, -EOVERFLOW, -ENOMEM with a message.
 */
int plan_reserve_hole(struct plan *plan, const struct hole_request *request, const char *purpose,
		      struct range *hole, const struct log *log);

/*
 * Add a segment at a place that was reserved. memory_size is rounded up to the page size.
 * Returns 0, or -E2BIG where there are PLAN_SEGMENT_MAX segments already, -EOVERFLOW, with a
 * message.
 */
int plan_add_segment(struct plan *plan, const struct segment *segment, const struct log *log);

/*
 * Bring the segments into the order in which the kernel gets them: the device tree first, because
 * riscv's machine_kexec_prepare() takes the first segment that begins like one for it, and an
 * initrd may; then by address.
 */
void plan_order_segments(struct plan *plan);

/*
 * Check all that kexec_load(2) would refuse (sanity_check_segment_list() in
 * kernel/kexec_core.c): alignment, overlap, overflow, the limit of half of RAM; and that each
 * segment lies inside the bounds and inside RAM, and touches nothing reserved, here and to the next
 * kernel; device tree and purgatory at a distance from what no kernel maps; a crash kernel's
 * inside the crash region, of which they leave the pages that the running kernel needs, any other
 * outside of it. To be called before the system call, which frees the crash kernel loaded before
 * ahead of its own checks. Warns if a segment lies in a last resort. Returns 0 or -EINVAL,
 * -ENOSPC with a message naming the segment.
 */
int plan_check(const struct plan *plan, const struct log *log);

/* The name of a role, as it stands in plan.json and in purgatory's messages. */
const char *plan_role_name(enum segment_role role);

/* Free what the plan owns. The segments' data belongs to those who made it. */
void plan_free(struct plan *plan);

#endif
