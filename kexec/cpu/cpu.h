/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The properties of the CPUs on which page tables depend. Purgatory may run on any CPU, so they
 * hold for all of them.
 */
#ifndef CPU_CPU_H
#define CPU_CPU_H

#include <stdbool.h>

#include "base/sysroot.h"
#include "devicetree/devicetree.h"

struct cpu {
	/*
	 * Bits of virtual addresses of the widest mode of translation known to work; a CPU has all
	 * narrower ones too (riscv: the privileged specification says so of Sv39 and Sv48). 0: not
	 * known (arm64: user space cannot ask).
	 */
	unsigned int virtual_bits;

	/*
	 * T-Head C9xx: the upper bits of an entry say whether memory is cached, which the standard
	 * leaves to PMAs, and standard entries make it uncached (Linux' errata_probe_mae(),
	 * arch/riscv/errata/thead/errata.c).
	 */
	bool vendor_page_tables;
};

/*
 * Read /proc/cpuinfo and /cpus of the device tree. The former names the running kernel's mode
 * ("mmu"), which may be narrower than what the CPU can do; the latter ("mmu-type") names what it
 * can do. @tree may have no fdt. What neither of them tells stays unknown.
 */
void cpu_read(struct cpu *cpu, const struct devicetree *tree, const struct sysroot *sysroot);

#endif
