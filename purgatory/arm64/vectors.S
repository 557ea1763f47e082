/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exceptions on arm64. None is expected and none is returned from: each entry goes to one place
 * with its number, and that to arm64_fault().
 *
 * Registers from there:
 *   x0  number of the vector
 *   x1  ESR_ELx   x2  FAR_ELx   x3  ELR_ELx
 *   x4  TPIDR_ELx, counted up: how many exceptions were taken. A register, because memory or the
 *       console may be what faults.
 */
#include "registers.h"
#include "stop.h"

	.text
	.balign	2048
	.global	purgatory_vectors
purgatory_vectors:
	.irp	number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	.balign	128
	mov	x0, #\number
	b	take_exception
	.endr

	.balign	128
	.type	take_exception, %function
take_exception:
	msr	daifset, #0xf
	mrs	x5, CurrentEL
	cmp	x5, #CURRENT_EL2
	b.eq	1f
	mrs	x4, tpidr_el1
	add	x4, x4, #1
	msr	tpidr_el1, x4
	mrs	x1, esr_el1
	mrs	x2, far_el1
	mrs	x3, elr_el1
	b	2f
1:	mrs	x4, tpidr_el2
	add	x4, x4, #1
	msr	tpidr_el2, x4
	mrs	x1, esr_el2
	mrs	x2, far_el2
	mrs	x3, elr_el2
2:	cmp	x4, #FAULT_COUNT_MAX
	b.hi	3f
	adr	x5, purgatory_stack_end	/* whatever was on it is of no use any more */
	mov	sp, x5
	mov	x29, xzr
	bl	arm64_fault
3:	wfi
	b	3b
	.size	take_exception, . - take_exception

	.section .note.GNU-stack, "", %progbits
