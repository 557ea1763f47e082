/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ways out of the old kernel on arm64, arm64-entry.S. Both clear bits of SCTLR and enter
 * purgatory with interrupts unmasked, ESR = 0, and nonsense in all registers that it must not rely
 * on. Segments must be clean if the caches go off.
 */
#ifndef OLD_KERNEL_ARM64_H
#define OLD_KERNEL_ARM64_H

#include <stdbool.h>
#include <stdint.h>

/* At the physical address; @plain_el2: at EL2 without E2H. */
_Noreturn void leave_physical(uint64_t entry, uint64_t sctlr_bits, bool plain_el2);

/* At @entry + @offset, with @root in TTBR0. Not at EL2 without E2H. */
_Noreturn void leave_virtual(uint64_t entry, uint64_t sctlr_bits, uint64_t offset,
			     const uint64_t *root);

#endif
