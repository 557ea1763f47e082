/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory of the running machine, from /proc/iomem.
 */
#ifndef MACHINE_MEMORY_MAP_H
#define MACHINE_MEMORY_MAP_H

#include "base/log.h"
#include "base/range.h"
#include "base/sysroot.h"

/* A crash kernel has one region, or one of them and a low one. */
#define MEMORY_MAP_CRASH_MAX 2

struct memory_map {
	struct range_set ram;	   /* "System RAM" at the top level: what can be loaded to */
	struct range_set dumped;   /* "System RAM" at any level, and that of drivers: "System RAM
				    * (kmem)"; the kernel keeps data there too */
	struct range_set reserved; /* "reserved", at any level, in any case; not to be touched */
	struct range_set crash;	   /* "Crash kernel", all of them */
	/* The same one by one, lowest first: where neighbours are merged the kernel's limits are
	 * lost. */
	struct range crash_regions[MEMORY_MAP_CRASH_MAX];
	size_t crash_region_count;
	/* From the first to the last byte of what is called "Kernel code", "Kernel data" and the
	 * like; empty: unknown */
	struct range kernel;
	/* The first that is called "Kernel code": on arm64 all that is read-only, _text or _stext
	 * to __init_begin; empty: unknown */
	struct range kernel_code;
};

/*
 * The region in which a crash kernel's segments must lie: of two the higher one, crashk_res in
 * kernel/crash_reserve.c; the lower one only serves devices that reach no other. NULL: none.
 */
const struct range *memory_map_crash_region(const struct memory_map *map);

/*
 * Unite @reserved with what firmware is taken to have reserved: ranges at the very start of RAM or
 * of a bank, where it leaves what secondary CPUs wait in, and where the kernel, which allocates
 * from the top at boot, reserves nothing; 2 MiB of each at most, and not the kernel's image. Not
 * for systems that EFI describes, whose memory map is handed on. Nothing tells what else firmware
 * has reserved from the kernel's own. Returns 0 or -ENOMEM.
 */
int memory_map_add_firmware_reserved(struct range_set *reserved, const struct memory_map *map);

/*
 * Read /proc/iomem. Returns 0, or -errno with a message: -EPERM where all addresses are zero
 * (the reader is not privileged), -ENODATA without any System RAM, -EINVAL for a malformed line
 * or more than two crash regions.
 */
int memory_map_read(struct memory_map *map, const struct sysroot *sysroot, const struct log *log);

void memory_map_free(struct memory_map *map);

#endif
