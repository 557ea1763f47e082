/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The running kernel's memory at its virtual addresses, from /proc/kcore (fs/proc/kcore.c).
 */
#ifndef MACHINE_KCORE_H
#define MACHINE_KCORE_H

#include <stdint.h>

#include "arch/arch.h"
#include "base/sysroot.h"

/*
 * Read the number of 64 bits at the virtual @address, in the architecture's byte order. Returns 0;
 * or -errno without a message: -ENOENT without such a file, -EPERM where it is forbidden, -ENODATA
 * if it does not have the address.
 */
int kcore_read_number(uint64_t *number, uint64_t address, const struct arch *arch,
		      const struct sysroot *sysroot);

#endif
