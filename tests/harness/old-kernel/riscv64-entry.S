/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The way into the old kernel and the ways out of it on riscv64.
 *
 * Entered in S-mode by firmware with satp = 0. Left as riscv64.h says. The parameters are
 * the test's.
 */
#include "layout.h"

#define SSTATUS_SIE 2
#define SSTATUS_VS  0x600
#define SIE_ALL	    0x222 /* external, timer and software interrupts of S-mode */

	.option	norelax
	.section .text.entry, "ax", %progbits
	.global	old_kernel_start
old_kernel_start:
	csrw	satp, zero
	lla	a0, old_kernel_parameters
	lla	a1, table_pool
	lla	sp, stack_end
	call	old_kernel

	/* Nonsense wherever purgatory must not rely on a value, a0 moved to t0; a1: hart ID. */
	.macro	spoil
	mv	t0, a0
	mv	a0, a1
	csrw	scause, zero
	li	a1, 0x1111
	li	sp, 0x2223
	li	gp, 0x3333
	li	tp, 0x4444
	li	s0, 0x5555
	li	ra, 0x6666
	li	t1, SIE_ALL
	csrw	sie, t1
	csrsi	sstatus, SSTATUS_SIE
	li	t1, SSTATUS_VS
	csrc	sstatus, t1
	.endm

	/* a0: entry, a1: hart ID, a2: satp */
	.global	leave_identity
leave_identity:
	csrw	satp, a2
	sfence.vma
	spoil
	jr	t0

	/* a0: entry, a1: hart ID, a2: satp, a3: offset of the linear map, which is in use already */
	.global	leave_virtual
leave_virtual:
	lla	t0, 1f
	add	t0, t0, a3
	jr	t0
1:	csrw	satp, a2
	sfence.vma
	add	a0, a0, a3
	spoil
	jr	t0

	.global	leave_trap
leave_trap:
	lla	t0, 1f
	add	t0, t0, a3
	jr	t0
1:	csrw	satp, a2
	sfence.vma
	spoil
	csrw	stvec, t0
	csrw	satp, zero
	j	.				/* not reached: a physical address here is none */

#include "memory.S"

	.section .note.GNU-stack, "", %progbits
