/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which engines of SHA-256 the CPUs of the machine have the instructions for.
 */
#ifndef MACHINE_CPU_ENGINES_H
#define MACHINE_CPU_ENGINES_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/arch.h"
#include "machine/cpu.h"
#include "machine/devicetree.h"
#include "machine/sysroot.h"

struct cpu_engines {
	uint32_t engines; /* set of 1 << enum sha256_engine: what all CPUs are known to have */
	bool known;	  /* whether others are known to be missing */
};

/*
 * Find out: from the kernel where this is the machine that runs, else from /proc/cpuinfo, and where
 * that says nothing from the device tree. @tree may have no fdt.
 */
void cpu_engines_read(struct cpu_engines *available, const struct arch *arch, const struct cpu *cpu,
		      const struct devicetree *tree, const struct sysroot *sysroot);

#endif
