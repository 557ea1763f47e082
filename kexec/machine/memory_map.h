/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory of the running machine, from /proc/iomem.
 */
#ifndef MACHINE_MEMORY_MAP_H
#define MACHINE_MEMORY_MAP_H

#include "base/log.h"
#include "base/range.h"
#include "base/sysroot.h"

/* A crash kernel has one region, or one and a low one besides. */
#define MEMORY_MAP_CRASH_MAX 2

struct memory_map {
	struct range_set ram;	   /* "System RAM" at the top level: segments may lie there */
	struct range_set dumped;   /* "System RAM" at any level, and drivers' RAM: "System RAM
				      (kmem)"; the kernel has data there too */
	struct range_set reserved; /* "reserved", at any level, in any case; not to be touched */
	struct range_set crash;	   /* "Crash kernel", all of them */
	/*
	 * The same regions one by one, lowest first, because the set merges neighbours and so loses
	 * their limits.
	 */
	struct range crash_regions[MEMORY_MAP_CRASH_MAX];
	size_t crash_region_count;
	/*
	 * From the first to the last byte of the ranges called "Kernel code", "Kernel data" and the
	 * like; empty: unknown
	 */
	struct range kernel;
	/*
	 * The first range called "Kernel code": on arm64 everything that is read-only, from _text
	 * or _stext to __init_begin; empty: unknown
	 */
	struct range kernel_code;
	/* Memory that may be plugged in and out; from hot_pluggable_read(), not from /proc/iomem */
	struct range_set hot_pluggable;
};

/*
 * The region in which a crash kernel's segments must lie: crashk_res in kernel/crash_reserve.c,
 * which is the higher one of two. The lower one only serves devices that cannot reach higher
 * memory. NULL: there is none.
 */
const struct range *memory_map_crash_region(const struct memory_map *map);

/*
 * Unite @reserved with the ranges that firmware is taken to have reserved: those at the very start
 * of RAM or of a bank, at most 2 MiB of each, without the kernel's image. Firmware leaves the code
 * there in which secondary CPUs wait. The kernel reserves nothing there, because it allocates from
 * the top at boot. This is not for systems that EFI describes, because its memory map is handed on.
 * Nothing tells other reservations of firmware from the kernel's own. Returns 0 or -ENOMEM.
 */
int memory_map_add_firmware_reserved(struct range_set *reserved, const struct memory_map *map);

/*
 * Read /proc/iomem. Returns 0, or -errno with a message: -EPERM where all addresses are zero (the
 * reader is not privileged), -ENODATA if there is no System RAM, -EINVAL for a malformed line or
 * more than two crash regions.
 */
int memory_map_read(struct memory_map *map, const struct sysroot *sysroot, const struct log *log);

void memory_map_free(struct memory_map *map);

#endif
