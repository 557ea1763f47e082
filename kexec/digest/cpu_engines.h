/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which SHA-256 engines the CPUs of the machine have the instructions for.
 */
#ifndef DIGEST_CPU_ENGINES_H
#define DIGEST_CPU_ENGINES_H

#include <stdint.h>

#include "arch/arch.h"
#include "base/sysroot.h"
#include "cpu/cpu.h"
#include "devicetree/devicetree.h"

/*
 * Sets of 1 << enum sha256_engine. If an engine is in neither, it is unknown whether the CPUs have
 * what it needs.
 */
struct cpu_engines {
	uint32_t engines; /* what all CPUs are known to have; SHA256_GENERIC always */
	uint32_t missing; /* what a CPU is known to lack */
};

/*
 * Find out which engines the CPUs have the instructions for. CPUs that are not online count too if
 * a device tree describes them. A CPU has an extension if any of these says so: the kernel, if this
 * is the running machine; /proc/cpuinfo; the device tree. It lacks an extension if none of them
 * names it and one of them would have to: a kernel that knows all extensions that engines need
 * (struct arch, cpuinfo_complete), or the property riscv,isa-extensions. @tree may have no fdt.
 */
void cpu_engines_read(struct cpu_engines *available, const struct arch *arch, const struct cpu *cpu,
		      const struct devicetree *tree, const struct sysroot *sysroot);

#endif
