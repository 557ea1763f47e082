/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What may be in the caches, line by line, in the worst case.
 *
 * There is one data cache, unified below the point of unification, and one instruction cache,
 * both as large as RAM. A line that may be allocated is allocated; one that is dirty is written
 * back at the worst moment.
 */
#ifndef COHERENCE_CACHE_H
#define COHERENCE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decode.h"
#include "report.h"

#define CACHE_LINE_SHIFT 6
#define CACHE_LINE_SIZE	 (UINT64_C(1) << CACHE_LINE_SHIFT)

/* State of a line. All of it says "may". */
enum cache_line {
	LINE_CACHED = 1 << 0,	     /* in the data cache */
	LINE_STALE = 1 << 1,	     /* ... and older than memory */
	LINE_DIRTY = 1 << 2,	     /* ... and newer than memory */
	LINE_WRITTEN = 1 << 3,	     /* ... and newer than what instruction fetches see */
	LINE_FETCHED = 1 << 4,	     /* in the instruction cache */
	LINE_FETCHED_STALE = 1 << 5, /* ... and not what memory or data cache hold */
	LINE_CLEANING = 1 << 6,	     /* clean issued, to be completed by a DSB */
	LINE_INVALIDATING = 1 << 7,  /* likewise invalidation */
};

/* How far an invalidation of the instruction cache has come. */
enum icache_progress {
	ICACHE_IDLE,
	ICACHE_ISSUED,
	ICACHE_COMPLETED, /* by a DSB; what is prefetched goes with the next ISB */
};

struct cache {
	uint8_t *lines; /* of RAM, enum cache_line */
	uint64_t base;	/* physical address of the first */
	size_t count;
	uint64_t *pending; /* numbers of lines with maintenance under way; owned, as is lines */
	size_t pending_count;
	size_t pending_size;
	uint8_t *unordered;	   /* of each line: written uncached, and no barrier since; owned */
	uint64_t *unordered_lines; /* their numbers; owned */
	size_t unordered_count;
	enum icache_progress icache;
	bool on; /* any line may be allocated at any time */
};

/* The cache in front of @size bytes of RAM at @base. Returns 0 or -ENOMEM. */
int cache_init(struct cache *cache, uint64_t base, uint64_t size);
void cache_destroy(struct cache *cache);

/* The state of the line at a physical address in RAM. */
uint8_t *cache_line(const struct cache *cache, uint64_t address);

/* Set the state of all lines that @size bytes at @address touch. */
void cache_set(const struct cache *cache, uint64_t address, uint64_t size, uint8_t state);

/* Whether lines may be allocated from now on. */
void cache_turn(struct cache *cache, bool on);

/*
 * An access to a line. Returns what is wrong with it, FINDING_NONE if nothing. @cached: the access
 * goes through the cache that it is for.
 */
enum finding_kind cache_read(const struct cache *cache, uint8_t *line, bool cached);
enum finding_kind cache_write(struct cache *cache, uint8_t *line, bool cached);
enum finding_kind cache_walk(const struct cache *cache, uint8_t *line, bool cached);
/* @mmu: the MMU is on, so that the attributes are those of the data cache's lines. */
enum finding_kind cache_fetch(uint8_t *line, bool cached, bool mmu);

/* Whether the line was written uncached and no barrier has ordered that. */
bool cache_is_unordered(const struct cache *cache, uint64_t address);

/* Maintenance by address: takes effect for cached accesses to the line, for others with the DSB. */
enum finding_kind cache_maintain(struct cache *cache, uint64_t address, enum operation_kind kind);

/* A DMB or DSB for all accesses of the full system: uncached writes so far come before what
 * follows.
 */
void cache_order(struct cache *cache);

/* IC IALLU, DSB and ISB. @system: the DSB reaches the PoC. */
void cache_invalidate_instructions(struct cache *cache);
void cache_dsb(struct cache *cache, bool system);
void cache_isb(struct cache *cache);

#endif
