/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The way in, the way out and the trap handler on riscv64.
 *
 * Entered at purgatory_start by the old kernel, in S-mode:
 *   - a0 = hart ID, a1 = the old kernel's idea of the device tree, which the patched symbol
 *     replaces;
 *   - satp = 0, interrupts off. On the crash path the kernel gets here by a deliberate fault: stvec
 *     is purgatory_start, and until that changes every trap would start all over again. Therefore
 *     setting it comes first, and the entry is aligned to 4 bytes as stvec asks.
 *
 * The next kernel is entered as Documentation/arch/riscv/boot.rst asks: a0 = hart ID,
 * a1 = device tree, satp = 0, interrupts off, instruction fetches ordered after all writes.
 *
 * Registers:
 *   s0        hart ID
 *   sscratch  how many traps were taken
 *   gp        not used, nor any relaxation that would need it
 */
#include "stop.h"

#define SSTATUS_SIE (1 << 1)

	.option	norelax
	.text
	.global	purgatory_start
	.type	purgatory_start, %function
	.balign	4
purgatory_start:
	lla	t0, take_trap
	csrw	stvec, t0
	csrw	sscratch, zero
	csrw	sie, zero
	csrci	sstatus, SSTATUS_SIE
	/* The kernel has done the first already; the second is for translations that it left. */
	csrw	satp, zero
	sfence.vma

	mv	s0, a0
	lla	sp, purgatory_stack_end
	/* The instructions that follow were stores of the old kernel, perhaps of another hart. */
	fence.i
	call	purgatory_main

	fence.i
	mv	a0, s0
	ld	a1, purgatory_kernel_dtb
	ld	t0, purgatory_kernel_entry
	csrw	satp, zero
	csrw	sie, zero
	jr	t0
	.size	purgatory_start, . - purgatory_start

/*
 * Any trap: none is expected and none is returned from. The count is kept in a register, because
 * memory or the console may be what faults.
 */
	.type	take_trap, %function
	.balign	4
take_trap:
	csrw	sie, zero
	csrr	a3, sscratch
	addi	a3, a3, 1
	csrw	sscratch, a3
	li	t0, FAULT_COUNT_MAX
	bgtu	a3, t0, 1f
	csrr	a0, scause
	csrr	a1, stval
	csrr	a2, sepc
	lla	sp, purgatory_stack_end	/* whatever was on it is of no use any more */
	call	riscv64_fault
1:	wfi
	j	1b
	.size	take_trap, . - take_trap

	.section .note.GNU-stack, "", %progbits
