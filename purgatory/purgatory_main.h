/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What entry code calls.
 */
#ifndef PURGATORY_PURGATORY_MAIN_H
#define PURGATORY_PURGATORY_MAIN_H

#include <stdint.h>

/*
 * All that purgatory does between the state at entry and the state at exit, which are the
 * architecture's entry.S. To be called on purgatory_stack with traps going to its vectors and
 * interrupts masked, either with kexec's page tables in force and @mmu_reason = PURGATORY_MMU_ON,
 * or with the MMU off and the enum purgatory_mmu_reason for that. Returns only if the next kernel
 * may be entered.
 */
void purgatory_main(uint32_t mmu_reason);

#endif
