/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the running kernel will store what a dump of it needs: the registers of each CPU, and
 * vmcoreinfo (Documentation/ABI/testing/sysfs-kernel-vmcoreinfo, sysfs-devices-system-cpu).
 */
#ifndef MACHINE_CRASH_INFO_H
#define MACHINE_CRASH_INFO_H

#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "base/range.h"
#include "base/sysroot.h"

struct crash_info {
	struct range *cpu_notes; /* of each CPU that is present, sorted by its number; owned */
	size_t cpu_count;
	struct range vmcoreinfo;
};

/*
 * Read /sys/devices/system/cpu/cpu<N>/crash_notes and crash_notes_size, and
 * /sys/kernel/vmcoreinfo. Returns 0, or -errno with a message that names the file;
 * crash_info_free() frees what was read in any case.
 */
int crash_info_read(struct crash_info *info, const struct sysroot *sysroot, const struct log *log);

void crash_info_free(struct crash_info *info);

/*
 * The size in bytes that the ELF core header must have so that the kernel can keep it up to date
 * itself, from /sys/kernel/crash_elfcorehdr_size; 0: the kernel does not do that.
 */
uint64_t crash_info_elfcorehdr_size(const struct sysroot *sysroot);

#endif
