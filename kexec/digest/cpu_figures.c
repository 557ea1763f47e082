/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How fast CPUs hash.
 *
 * Models: arch/arm64/include/asm/cputype.h (ARM_CPU_IMP_*, *_CPU_PART_*) and
 * arch/riscv/include/asm/vendorid_list.h of Linux 6.12; marchid of the U74 from SiFive's "U74 Core
 * Complex Manual", of the X60 from /proc/cpuinfo of machines with SpacemiT's K1.
 *
 * Cycles: docs/engines.md (llvm-mca), and for the four machines of tests/bench/machines.toml the
 * figures there, which were published; for rvv on the X60 they come of published rates of
 * instructions. A Cortex-A76 counts as a Neoverse N1, which is its version for servers.
 */
#include "digest/cpu_figures.h"

#include <stddef.h>

#define ARM	 0x41
#define AMPERE	 0xc0
#define SIFIVE	 0x489
#define SPACEMIT 0x710

/* Cycles of the engines of arm64. The one for the MMU off computes as the portable one does. */
#define ARM64_CYCLES(sha2, sha2_x2, neon_x4, generic)                                    \
	{                                                                                \
		[SHA256_ARM64_SHA2] = (sha2),	    [SHA256_ARM64_SHA2_X2] = (sha2_x2),  \
		[SHA256_ARM64_NEON_X4] = (neon_x4), [SHA256_ARM64_UNCACHED] = (generic), \
		[SHA256_GENERIC] = (generic),                                            \
	}

static const struct cpu_figures figures[] = {
	{"Cortex-A53", {ARM, 0xd03, 0, 0}, ARM64_CYCLES(294, 199, 1620, 2330), 0, 0, 0, 0},
	{"Cortex-A55", {ARM, 0xd05, 0, 0}, ARM64_CYCLES(234, 204, 1190, 2300), 0, 0, 0, 0},
	{"Cortex-A510", {ARM, 0xd46, 0, 0}, ARM64_CYCLES(191, 137, 820, 2470), 0, 0, 0, 0},
	{"Cortex-A57", {ARM, 0xd07, 0, 0}, ARM64_CYCLES(207, 161, 570, 1110), 0, 0, 0, 0},
	{"Cortex-A72", {ARM, 0xd08, 0, 0}, ARM64_CYCLES(207, 161, 650, 1030), 1500, 2600, 130, 0},
	{"Cortex-A76", {ARM, 0xd0b, 0, 0}, ARM64_CYCLES(160, 97, 570, 980), 0, 0, 0, 0},
	{"Neoverse N1",
	 {ARM, 0xd0c, 0, 0},
	 ARM64_CYCLES(160, 97, 570, 980),
	 3000,
	 12800,
	 110,
	 204800},
	{"Neoverse N2", {ARM, 0xd49, 0, 0}, ARM64_CYCLES(129, 90, 570, 870), 0, 0, 0, 0},
	{"Neoverse V1", {ARM, 0xd40, 0, 0}, ARM64_CYCLES(129, 77, 340, 730), 0, 0, 0, 0},
	{"Neoverse V2", {ARM, 0xd4f, 0, 0}, ARM64_CYCLES(129, 88, 340, 600), 0, 0, 0, 0},
	{"AmpereOne", {AMPERE, 0xac3, 0, 0}, ARM64_CYCLES(132, 78, 550, 1000), 0, 0, 0, 0},
	{"SiFive U74",
	 {0, 0, SIFIVE, UINT64_C(0x8000000000000007)},
	 {[SHA256_RISCV64_ZBB] = 2130, [SHA256_GENERIC] = 3880},
	 1500,
	 1360,
	 0,
	 0},
	{"SpacemiT X60",
	 {0, 0, SPACEMIT, UINT64_C(0x8000000058000001)},
	 {[SHA256_RISCV64_RVV] = 1120, [SHA256_RISCV64_ZBB] = 2290, [SHA256_GENERIC] = 4450},
	 1600,
	 2600,
	 0,
	 10700},
};

const struct cpu_figures *cpu_figures_find(const struct cpu_model *model)
{
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		const struct cpu_model *known = &figures[i].model;

		if (known->implementer == model->implementer && known->part == model->part &&
		    known->vendor == model->vendor &&
		    known->microarchitecture == model->microarchitecture)
			return &figures[i];
	}
	return NULL;
}
