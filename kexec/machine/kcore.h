/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The running kernel's memory at its virtual addresses, from /proc/kcore (fs/proc/kcore.c).
 */
#ifndef MACHINE_KCORE_H
#define MACHINE_KCORE_H

#include <libelf.h>
#include <stdint.h>
#include <stdio.h>

#include "arch/arch.h"
#include "base/sysroot.h"

#define KCORE_FILE "/proc/kcore"

/* The file, opened by libelf. */
struct kcore {
	FILE *stream;
	Elf *elf;
};

/*
 * Open it. Returns 0; or -errno without a message: that of open(2), or -ENODATA if it is not the
 * core file of a 64-bit kernel of @arch.
 */
int kcore_open(struct kcore *kcore, const struct arch *arch, const struct sysroot *sysroot);

void kcore_close(struct kcore *kcore);

/*
 * Read the number of 64 bits at the virtual @address, in the architecture's byte order. Returns 0;
 * or -errno without a message: -ENOENT without such a file, -EPERM where it is forbidden, -ENODATA
 * if it does not have the address.
 */
int kcore_read_number(uint64_t *number, uint64_t address, const struct arch *arch,
		      const struct sysroot *sysroot);

#endif
