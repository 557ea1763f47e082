/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The zones of the running kernel's page allocator, from /proc/zoneinfo.
 */
#ifndef MACHINE_ZONES_H
#define MACHINE_ZONES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/range.h"
#include "base/sysroot.h"

/* Zones of one node: MAX_NR_ZONES of include/linux/mmzone.h, and one to spare. */
#define ZONES_PER_NODE_MAX 8

struct zone {
	unsigned int node;
	char name[16]; /* "DMA", "DMA32", "Normal", "Movable", "Device" */
	struct range range;
	uint64_t available; /* bytes that an allocation like kexec_load(2)'s gets before the next
			       zone is tried */
};

struct zones {
	struct zone *zones; /* owned; no empty ones; the lowest of each node first */
	size_t count;
};

/*
 * Read /proc/zoneinfo of a kernel with pages of @page_size bytes. Returns 0 or -errno, without a
 * message: -EINVAL if the file has no zone with memory.
 */
int zones_read(struct zones *zones, uint64_t page_size, const struct sysroot *sysroot);

/*
 * True if kexec_load(2)'s source pages may come from this kind of zone: they are neither movable
 * nor of a device.
 */
bool zone_has_source_pages(const struct zone *zone);

/*
 * Find the zones that an allocation of @size bytes may reach, on whichever node it is made.
 * @reached has zones->count elements. The allocation takes each node's highest zone first, and the
 * next one when too little is left. If a whole node does not have enough, all zones are reached.
 */
void zones_find_reached(const struct zones *zones, uint64_t size, bool *reached);

void zones_free(struct zones *zones);

#endif
