/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Switching the MMU on.
 */
#ifndef PURGATORY_RISCV64_MMU_H
#define PURGATORY_RISCV64_MMU_H

#include <stdint.h>

/*
 * Check the page tables and switch them on. Called by entry.S in the physical state. Returns
 * PURGATORY_MMU_ON, or with satp = 0 still the enum purgatory_mmu_reason for that.
 */
uint32_t riscv64_mmu_on(void);

#endif
