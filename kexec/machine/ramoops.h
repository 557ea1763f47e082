/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The console zone of ramoops: memory in which the running kernel leaves a log that outlives a
 * reset, as /sys/fs/pstore/console-ramoops-0 of the next boot (fs/pstore/ram.c).
 */
#ifndef MACHINE_RAMOOPS_H
#define MACHINE_RAMOOPS_H

#include <stdint.h>

#include "arch/page_table_formats.h"
#include "base/log.h"
#include "base/range.h"
#include "base/sysroot.h"
#include "devicetree/devicetree.h"
#include "machine/memory_map.h"

/* What the driver is told: by its node of the device tree, or by the module's parameters. */
struct ramoops_settings {
	struct range region;
	uint64_t record_size; /* of these sizes, in bytes, 0 means: no such zone */
	uint64_t console_size;
	uint64_t ftrace_size;
	uint64_t pmsg_size;
	uint64_t ecc_size; /* bytes of error correction for each block; 0: none */
	uint64_t memory_type;
};

/* The zone that purgatory may append to. */
struct ramoops_zone {
	struct range range;	/* physical, with the header; empty: there is none */
	enum map_intent intent; /* the memory type that the running kernel maps it with */
};

/*
 * Compute where the driver puts the console zone, as ramoops_probe() does. Returns NULL, or why
 * purgatory cannot use the zone: a text for a message.
 */
const char *ramoops_place_console(struct ramoops_zone *zone,
				  const struct ramoops_settings *settings);

/*
 * Find the zone. The driver's node counts, a child of /reserved-memory or of the root; else the
 * module's parameters, from /sys/module/ramoops/parameters, or from /proc/cmdline while the module
 * is not loaded. @tree may have no fdt. The zone's pages must lie in the region of ramoops alone,
 * and in memory that the running kernel uses for nothing else. If there is no such zone, @zone is
 * empty, which is no error.
 */
void ramoops_find(struct ramoops_zone *zone, const struct devicetree *tree,
		  const struct memory_map *memory, const struct sysroot *sysroot,
		  const struct log *log);

/* The whole pages with the zone, which is not empty. */
struct range ramoops_pages(const struct ramoops_zone *zone);

#endif
