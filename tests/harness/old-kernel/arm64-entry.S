/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The way into the old kernel and the ways out of it on arm64.
 *
 * Entered at EL1 or EL2 as the machine starts: MMU and caches off, nothing else known. Left as
 * arm64.h says. The parameters are the test's.
 */
#include "layout.h"

#define SPSR_EL1H      0x3c5
#define HCR_VSE	       (1 << 8)
#define HCR_GUEST      ((1 << 31) | (1 << 5)) /* RW, AMO */
#define HCR_LINUX_HOST ((1 << 34) | (1 << 31) | (1 << 27)) /* E2H, RW, TGE */

	.section .text.entry, "ax", %progbits
	.global	old_kernel_start
old_kernel_start:
	ldr	x9, old_kernel_parameters + 8
	tbz	x9, #0, 1f			/* FLAG_E2H */
	ldr	x9, =HCR_LINUX_HOST
	msr	hcr_el2, x9
	isb
1:	ldr	x9, old_kernel_parameters + 8
	tbz	x9, #6, 2f			/* FLAG_GUEST */
	adr	x9, hypervisor_vectors
	msr	vbar_el2, x9
	ldr	x9, =HCR_GUEST
	msr	hcr_el2, x9
	mov	x9, #SPSR_EL1H
	msr	spsr_el2, x9
	adr	x9, 2f
	msr	elr_el2, x9
	isb
	eret
2:	ldr	x9, =stack_end
	mov	sp, x9
	mov	x29, xzr
	adr	x0, old_kernel_parameters
	ldr	x1, =table_pool
	bl	old_kernel

	/* Nonsense wherever purgatory must not rely on a value, then to x0. No memory is used. */
	.macro	leave el
	mrs	x9, sctlr_\el
	bic	x9, x9, x1
	msr	esr_\el, xzr
	isb
	msr	sctlr_\el, x9
	isb
	mov	x2, #0x2222
	mov	x3, #0x3333
	mov	x18, #0x1818
	mov	x19, #0x1919
	mov	x29, #0x2929
	mov	x30, #0x3030
	mov	sp, x3
	ldr	x1, old_kernel_parameters + 8
	tbz	x1, #7, .Lunmask_\@		/* FLAG_SERROR */
	hvc	#0
	msr	daifclr, #0xb			/* all but SError */
	b	.Lgo_\@
.Lunmask_\@:
	msr	daifclr, #0xf
.Lgo_\@:
	mov	x1, #0x1111
	br	x0
	.endm

	/* x0: entry, x1: bits of SCTLR to clear, x2: true at EL2 without E2H */
	.global	leave_physical
leave_physical:
	cbz	x2, 1f
	leave	el2
1:	leave	el1

	/* x0: entry, x1: bits of SCTLR to clear, x2: offset of the linear map, x3: root for TTBR0 */
	.global	leave_virtual
leave_virtual:
	adr	x9, 1f
	add	x9, x9, x2
	br	x9
1:	msr	ttbr0_el1, x3
	isb
	tlbi	vmalle1
	dsb	sy
	isb
	add	x0, x0, x2
	leave	el1

	.balign	2048
hypervisor_vectors:
	.rept	8
	.balign	128
	b	.
	.endr
	.balign	128				/* synchronous, from EL1 */
	msr	tpidr_el2, x0
	mrs	x0, hcr_el2
	orr	x0, x0, #HCR_VSE
	msr	hcr_el2, x0
	mrs	x0, tpidr_el2
	eret
	.rept	7
	.balign	128
	b	.
	.endr

#include "memory.S"

	.section .note.GNU-stack, "", %progbits
