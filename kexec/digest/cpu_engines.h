/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which engines of SHA-256 the CPUs of the machine have the instructions for.
 */
#ifndef DIGEST_CPU_ENGINES_H
#define DIGEST_CPU_ENGINES_H

#include <stdint.h>

#include "arch/arch.h"
#include "base/sysroot.h"
#include "devicetree/devicetree.h"
#include "machine/cpu.h"

/* Sets of 1 << enum sha256_engine. Nobody knows of an engine that is in neither. */
struct cpu_engines {
	uint32_t engines; /* what all CPUs are known to have; SHA256_GENERIC always */
	uint32_t missing; /* what a CPU is known to lack */
};

/*
 * Find out what the CPUs have, also those that are not online if a device tree describes them. A
 * CPU has an extension if any of these says so: the kernel, if this is the running machine;
 * /proc/cpuinfo; the device tree. It lacks an extension that none of them names, if one of them
 * would have to name it: a kernel that knows all extensions that engines need (struct arch,
 * cpuinfo_complete), or the property riscv,isa-extensions. @tree may have no fdt.
 */
void cpu_engines_read(struct cpu_engines *available, const struct arch *arch, const struct cpu *cpu,
		      const struct devicetree *tree, const struct sysroot *sysroot);

#endif
