/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The architecture of a captured system, which need not be that of the machine that plans for it.
 */
#ifndef MACHINE_CAPTURED_ARCH_H
#define MACHINE_CAPTURED_ARCH_H

#include "arch/arch.h"
#include "base/log.h"
#include "base/sysroot.h"
#include "devicetree/devicetree.h"

/*
 * Check that no captured file is of another architecture than @arch: the ELF header of /proc/kcore,
 * /proc/cpuinfo, the device tree. Each may be missing, and a file of no known kind tells nothing.
 * Returns 0, or -EINVAL with a message that names the evidence.
 */
int captured_arch_check(const struct arch *arch, const struct sysroot *sysroot,
			const struct devicetree *tree, const struct log *log);

#endif
