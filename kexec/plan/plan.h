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
	const void *data;	  /* the contents, @size bytes; not owned */
	uint64_t size;
	uint64_t memory_size; /* a multiple of the page size, at least @size; the rest is zero */
	/* How many bytes from the start the manifest covers: of @data, then of the zeros after it.
	 */
	uint64_t covered;
};

/* Memory that is opened, one kind after the other, if there is no place without it. */
enum last_resort_kind {
	LAST_RESORT_ROOM,      /* room for what the next kernel reserves itself */
	LAST_RESORT_REMOVABLE, /* memory that the platform may take away again */
	LAST_RESORT_PAGES,     /* the running kernel's pages, to which devices may write */
	LAST_RESORT_CODE,      /* the running kernel's code, which may be read-only at the jump */
	LAST_RESORT_COUNT,
};

/* Where segments may go. */
struct plan_memory {
	/* The memory of this system and of the next kernel, for plan_check(); not owned. */
	const struct memory_map *map;
	const struct next_memory *next;
	bool limited_by_tree;  /* @free is less than the running kernel can spare */
	struct range_set free; /* RAM that is neither reserved nor taken by a segment; owned */
	/*
	 * RAM that is in @free only if something finds no place without it; owned. The one for
	 * LAST_RESORT_PAGES is empty, because @page_check has it.
	 */
	struct last_resort last_resorts[LAST_RESORT_COUNT];
	struct range bounds;   /* --mem-min and --mem-max */
	struct cost_map costs; /* of memory that is better left free; owned */
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
	uint64_t entry; /* physical address to which the old kernel jumps */
};

/* A request for a place. */
struct hole_request {
	uint64_t size;	     /* bytes, more than 0 */
	uint64_t alignment;  /* power of two; raised to the page size if smaller */
	uint64_t offset;     /* of the start from the alignment; smaller than it */
	struct range bounds; /* where it may lie, inside the plan's own bounds */
	/* The hole must lie in one of these ranges too; NULL: anywhere. Not owned. */
	const struct range_set *within;
};

/*
 * Check whether all pages of @range, a part of the free memory, may be written to. Those that may
 * not are taken out of the free memory, so that the caller can look for another place. Returns 1 if
 * all may, 0 if not, or -ENOMEM without a message.
 */
int plan_check_pages(struct plan *plan, struct range range);

/*
 * Find a hole of whole pages: the lowest that fits, and whose pages may all be written to. It stays
 * free. Returns 0 and the hole, or -ENOSPC, -EOVERFLOW, -ENOMEM without a message.
 */
int plan_find_hole(struct plan *plan, const struct hole_request *request, struct range *hole);

/*
 * Make the next last resort free memory. Returns 1, 0 if all are open already, or -ENOMEM without a
 * message.
 */
int plan_open_last_resort(struct plan *plan);

/*
 * Take what is left of all last resorts out of the free memory again. Returns 0, or -ENOMEM without
 * a message.
 */
int plan_close_last_resorts(struct plan *plan);

/*
 * Give back all places: the free memory becomes @all and the open last resorts. Returns 0, or
 * -ENOMEM without a message.
 */
int plan_reset_free(struct plan *plan, const struct range_set *all);

/*
 * Reserve such a hole: take it out of the free memory. If that has none, open as many last resorts
 * as needed. @purpose is the noun for the message if there is no hole ("kernel"). Returns 0 and the
 * hole, or -ENOSPC, -EOVERFLOW, -ENOMEM with a message.
 */
int plan_reserve_hole(struct plan *plan, const struct hole_request *request, const char *purpose,
		      struct range *hole, const struct log *log);

/*
 * Add a segment at a place that was reserved. memory_size is rounded up to the page size. Returns
 * 0, or -E2BIG if there are PLAN_SEGMENT_MAX segments already, -EOVERFLOW, with a message.
 */
int plan_add_segment(struct plan *plan, const struct segment *segment, const struct log *log);

/*
 * Sort the segments into the order in which the kernel gets them. The device tree comes first,
 * because riscv's machine_kexec_prepare() takes the first segment that begins like a device tree
 * for it, and an initrd may begin like one. The others follow by address.
 */
void plan_order_segments(struct plan *plan);

/*
 * Check everything that kexec_load(2) would refuse (sanity_check_segment_list() in
 * kernel/kexec_core.c): alignment, overlap, overflow, the limit of half of RAM. Check that each
 * segment lies inside the bounds and inside RAM and touches nothing reserved, both here and for the
 * next kernel. Device tree and purgatory must keep a distance from memory that no kernel maps. A
 * crash kernel's segments must lie in the crash region and leave the pages that the running kernel
 * needs there; all others must lie outside of it. Call this before the system call, because that
 * frees the previous crash kernel before it makes its own checks. Warns if a segment lies in a last
 * resort. Returns 0 or -EINVAL, -ENOSPC with a message naming the segment.
 */
int plan_check(const struct plan *plan, const struct log *log);

/* The name of a role in plan.json and in purgatory's messages. */
const char *plan_role_name(enum segment_role role);

/* Free what the plan owns. It does not own the segments' data. */
void plan_free(struct plan *plan);

#endif
