/* SPDX-License-Identifier: GPL-2.0-only */
#include "cache.h"

#include <errno.h>
#include <stdlib.h>

#define PENDING (LINE_CLEANING | LINE_INVALIDATING)

int cache_init(struct cache *cache, uint64_t base, uint64_t size)
{
	*cache = (struct cache){.base = base, .count = size >> CACHE_LINE_SHIFT};
	cache->pending_size = cache->count;
	cache->lines = calloc(cache->count, sizeof(*cache->lines));
	cache->pending = calloc(cache->pending_size, sizeof(*cache->pending));
	cache->unordered = calloc(cache->count, sizeof(*cache->unordered));
	cache->unordered_lines = calloc(cache->count, sizeof(*cache->unordered_lines));
	if (cache->lines && cache->pending && cache->unordered && cache->unordered_lines)
		return 0;
	cache_destroy(cache);
	return -ENOMEM;
}

void cache_destroy(struct cache *cache)
{
	free(cache->lines);
	free(cache->pending);
	free(cache->unordered);
	free(cache->unordered_lines);
}

uint8_t *cache_line(const struct cache *cache, uint64_t address)
{
	return &cache->lines[(address - cache->base) >> CACHE_LINE_SHIFT];
}

void cache_set(const struct cache *cache, uint64_t address, uint64_t size, uint8_t state)
{
	uint8_t *line = cache_line(cache, address);
	uint8_t *last = cache_line(cache, address + size - 1);

	while (line <= last)
		*line++ = state;
}

void cache_turn(struct cache *cache, bool on)
{
	size_t i;

	if (on && !cache->on)
		for (i = 0; i < cache->count; i++)
			cache->lines[i] |= LINE_CACHED;
	cache->on = on;
}

/* Let the maintenance under way of a line take effect. */
static void complete(const struct cache *cache, uint8_t *line)
{
	if (*line & LINE_CLEANING)
		*line &= ~(LINE_DIRTY | LINE_WRITTEN);
	if (*line & LINE_INVALIDATING)
		*line &= ~(LINE_STALE | LINE_DIRTY | LINE_WRITTEN | (cache->on ? 0 : LINE_CACHED));
	*line &= ~PENDING;
}

enum finding_kind cache_read(const struct cache *cache, uint8_t *line, bool cached)
{
	if (!cached)
		return *line & LINE_DIRTY ? FINDING_READ_DIRTY : FINDING_NONE;
	complete(cache, line);
	*line |= LINE_CACHED;
	return *line & LINE_STALE ? FINDING_READ_STALE : FINDING_NONE;
}

/* An uncached write, which maintenance by address may overtake (Arm DDI 0487, D7.5.9.5). */
static void note_unordered(struct cache *cache, const uint8_t *line)
{
	uint64_t number = (uint64_t)(line - cache->lines);

	if (!cache->unordered[number])
		cache->unordered_lines[cache->unordered_count++] = number;
	cache->unordered[number] = 1;
}

bool cache_is_unordered(const struct cache *cache, uint64_t address)
{
	return cache->unordered[(address - cache->base) >> CACHE_LINE_SHIFT];
}

void cache_order(struct cache *cache)
{
	while (cache->unordered_count)
		cache->unordered[cache->unordered_lines[--cache->unordered_count]] = 0;
}

enum finding_kind cache_write(struct cache *cache, uint8_t *line, bool cached)
{
	enum finding_kind kind = FINDING_NONE;

	if (*line & LINE_FETCHED)
		*line |= LINE_FETCHED_STALE;
	if (cached) {
		complete(cache, line);
		if (*line & LINE_STALE)
			kind = FINDING_WRITE_STALE;
		*line |= LINE_CACHED | LINE_DIRTY | LINE_WRITTEN;
	} else {
		if (*line & LINE_DIRTY)
			kind = FINDING_WRITE_DIRTY;
		if (*line & LINE_CACHED)
			*line |= LINE_STALE;
		note_unordered(cache, line);
	}
	return kind;
}

enum finding_kind cache_walk(const struct cache *cache, uint8_t *line, bool cached)
{
	switch (cache_read(cache, line, cached)) {
	case FINDING_READ_DIRTY:
		return FINDING_WALK_DIRTY;
	case FINDING_READ_STALE:
		return FINDING_WALK_STALE;
	default:
		return FINDING_NONE;
	}
}

/*
 * With the MMU off a fetch is cacheable at most Write-Through, which need not see a line that was
 * written as Write-Back (Arm DDI 0487, B2.16 "Mismatched memory attributes").
 */
enum finding_kind cache_fetch(uint8_t *line, bool cached, bool mmu)
{
	uint8_t unseen = cached && mmu ? LINE_WRITTEN : LINE_DIRTY;

	if (*line & unseen)
		return FINDING_FETCH_DIRTY;
	if (!cached)
		return FINDING_NONE;
	if (*line & LINE_FETCHED_STALE)
		return FINDING_FETCH_ICACHE;
	*line |= LINE_FETCHED | LINE_CACHED;
	return *line & LINE_STALE ? FINDING_FETCH_STALE : FINDING_NONE;
}

enum finding_kind cache_maintain(struct cache *cache, uint64_t address, enum operation_kind kind)
{
	uint8_t *line = cache_line(cache, address);
	bool pending = *line & PENDING;

	if (kind == OPERATION_CVAU) {
		*line &= ~LINE_WRITTEN;
		return FINDING_NONE;
	}
	if (kind != OPERATION_IVAC)
		*line |= LINE_CLEANING;
	if (kind != OPERATION_CVAC)
		*line |= LINE_INVALIDATING;
	if (!pending && cache->pending_count < cache->pending_size)
		cache->pending[cache->pending_count++] = line - cache->lines;
	return kind == OPERATION_IVAC && (*line & LINE_DIRTY) ? FINDING_DROP_DIRTY : FINDING_NONE;
}

void cache_invalidate_instructions(struct cache *cache)
{
	cache->icache = ICACHE_ISSUED;
}

void cache_dsb(struct cache *cache, bool system)
{
	if (cache->icache == ICACHE_ISSUED)
		cache->icache = ICACHE_COMPLETED;
	if (!system)
		return;
	while (cache->pending_count)
		complete(cache, &cache->lines[cache->pending[--cache->pending_count]]);
}

void cache_isb(struct cache *cache)
{
	size_t i;

	if (cache->icache != ICACHE_COMPLETED)
		return;
	for (i = 0; i < cache->count; i++)
		cache->lines[i] &= ~(LINE_FETCHED | LINE_FETCHED_STALE);
	cache->icache = ICACHE_IDLE;
}
