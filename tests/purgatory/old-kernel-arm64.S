/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stands for the old kernel: enters purgatory at the exception level at which the machine starts,
 * with arbitrary values in the registers, and with the map that the test prepared, or none.
 *
 * What the test patches:
 *   old_kernel_variant  0 as it is, 1 with HCR_EL2.E2H set
 *   old_kernel_sctlr    bits of SCTLR to set: 0 for MMU and caches off
 *   old_kernel_mair, old_kernel_tcr, old_kernel_ttbr0, old_kernel_ttbr1
 *   old_kernel_offset   where purgatory is entered: virtual minus physical address
 *   old_kernel_empty    the root for TTBR0 at the kernel VA, as Linux has nothing there
 *
 *   x20  1 at EL2 without E2H, for the macros of purgatory
 */
#include "registers.h"

	.section .text.old_kernel, "ax", %progbits
	.global	old_kernel_start
old_kernel_start:
	ldr	w9, old_kernel_variant
	cbz	w9, 1f
	mrs	x9, hcr_el2
	orr	x9, x9, #1 << HCR_E2H_BIT
	msr	hcr_el2, x9
	isb
1:	find_regime x20
	ldr	x0, old_kernel_mair
	write_el mair, x0
	ldr	x0, old_kernel_tcr
	write_el tcr, x0
	ldr	x0, old_kernel_ttbr0
	write_el ttbr0, x0
	cbnz	x20, 2f
	ldr	x0, old_kernel_ttbr1
	msr	ttbr1_el1, x0
2:	isb
	ldr	x1, old_kernel_sctlr
	ldr	x2, old_kernel_offset
	ldr	x3, old_kernel_empty
	adr	x4, purgatory_start
	add	x4, x4, x2
	read_el	x0, sctlr
	orr	x0, x0, x1
	write_el sctlr, x0
	isb
	cbz	x2, 4f
	adr	x0, 3f
	add	x0, x0, x2
	br	x0
3:	msr	ttbr0_el1, x3
	isb
	tlbi	vmalle1
	dsb	nsh
	isb
4:	mov	x0, #0x1111
	mov	x1, #0x2222
	mov	x2, #0x3333
	mov	x3, #0x4444
	mov	x20, #0x5555
	mov	sp, x3
	msr	daifclr, #0xf
	br	x4

/*
 * Where the test makes purgatory go wrong: load from, store to or jump to provoke_address, or do
 * what no CPU can.
 */
	.macro	provoke name:vararg
	.global	provoke_\name
provoke_\name:
	ldr	x9, provoke_address
	.endm

	provoke	load
	ldr	x10, [x9]
	provoke	store
	str	xzr, [x9]
	provoke	jump
	br	x9
	provoke	illegal
	udf	#0
	provoke	breakpoint
	brk	#0

	.macro	patched name:vararg
	.balign	8
	.global	\name
	.type	\name, %object
\name:	.quad	0
	.size	\name, 8
	.endm

	patched	old_kernel_variant
	patched	old_kernel_sctlr
	patched	old_kernel_mair
	patched	old_kernel_tcr
	patched	old_kernel_ttbr0
	patched	old_kernel_ttbr1
	patched	old_kernel_offset
	patched	old_kernel_empty
	patched	provoke_address

	.section .note.GNU-stack, "", %progbits
