/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ways out of the old kernel on riscv64, riscv64-entry.S. All of them end at purgatory's @entry
 * with interrupts enabled as far as it goes, a0 = hart ID, and with nonsense in all registers that
 * purgatory must not rely on.
 */
#ifndef OLD_KERNEL_RISCV64_H
#define OLD_KERNEL_RISCV64_H

#include <stdint.h>

/* satp = @satp first; the map that it stands for has this code at the same address. */
_Noreturn void leave_identity(uint64_t entry, uint64_t hart, uint64_t satp);

/* At @entry + @offset, satp = @satp: a map that has this code at that offset alone. */
_Noreturn void leave_virtual(uint64_t entry, uint64_t hart, uint64_t satp, uint64_t offset);

/* As leave_virtual(), but then by satp = 0 with stvec = @entry. */
_Noreturn void leave_trap(uint64_t entry, uint64_t hart, uint64_t satp, uint64_t offset);

#endif
