/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stands for the old kernel: enters purgatory with the MMU and the caches off, at the exception
 * level at which the machine starts, with arbitrary values in the registers.
 *
 * old_kernel_variant, which the test patches: 0 as it is, 1 with HCR_EL2.E2H set.
 */
#define HCR_E2H (1 << 34)

	.section .text.old_kernel, "ax", %progbits
	.global	old_kernel_start
old_kernel_start:
	ldr	w9, old_kernel_variant
	cbz	w9, 1f
	mrs	x9, hcr_el2
	orr	x9, x9, #HCR_E2H
	msr	hcr_el2, x9
	isb
1:	mov	x0, #0x1111
	mov	x1, #0x2222
	mov	x2, #0x3333
	mov	x3, #0x4444
	mov	sp, x3
	msr	daifclr, #0xf
	b	purgatory_start

	.balign	8
	.global	old_kernel_variant
	.type	old_kernel_variant, %object
old_kernel_variant:
	.quad	0
	.size	old_kernel_variant, 8

	.section .note.GNU-stack, "", %progbits
