/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The C function that entry code calls.
 */
#ifndef PURGATORY_PURGATORY_MAIN_H
#define PURGATORY_PURGATORY_MAIN_H

#include <stdint.h>

/*
 * Do all of purgatory's work between the states at entry and at exit, which the architecture's
 * entry.S sets. Call this on purgatory_stack, with traps going to purgatory's vectors and with
 * interrupts masked. Either kexec's page tables are in force and @mmu_reason is PURGATORY_MMU_ON,
 * or the MMU is off and @mmu_reason is the enum purgatory_mmu_reason for that. Returns
 * only if the next kernel may be entered: its physical address, which nothing else tells.
 */
uint64_t purgatory_main(uint32_t mmu_reason);

#endif
