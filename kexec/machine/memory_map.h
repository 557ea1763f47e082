/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory of the running machine, from /proc/iomem.
 */
#ifndef MACHINE_MEMORY_MAP_H
#define MACHINE_MEMORY_MAP_H

#include "cli/log.h"
#include "machine/sysroot.h"
#include "plan/range.h"

struct memory_map {
	struct range_set ram;	   /* "System RAM" */
	struct range_set reserved; /* "reserved", at any level, in any case; not to be touched */
	struct range_set crash;	   /* "Crash kernel", up to two ranges */
};

/*
 * Read /proc/iomem. Returns 0, or -errno with a message: -EPERM where all addresses are zero
 * (the reader is not privileged), -ENODATA without any System RAM, -EINVAL for a malformed line.
 */
int memory_map_read(struct memory_map *map, const struct sysroot *sysroot, const struct log *log);

void memory_map_free(struct memory_map *map);

#endif
