/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Nothing of the payload and of what was computed of it is left behind.
 */
	.arch	armv8-a+simd
	.text

/*
 * Zero the registers of SIMD, in which the engines hash. Assumes that one of them is in use, and so
 * that these instructions are neither missing nor trapped. Bits of SVE above them become zero too.
 */
	.global	arm64_clear_simd
	.type	arm64_clear_simd, %function
	.balign	4
arm64_clear_simd:
	.irp	number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	movi	v\number\().2d, #0
	.endr
	.irp	number, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	movi	v\number\().2d, #0
	.endr
	ret
	.size	arm64_clear_simd, . - arm64_clear_simd

/*
 * Zero the stack and the report's text, and clean them. Assumes that nothing of them is in the
 * D-cache but stale lines, and MMU and D-cache off. Clobbers x0 to x3.
 */
	.global	arm64_clear_stack
	.type	arm64_clear_stack, %function
arm64_clear_stack:
	adr	x0, purgatory_stack
	adr	x1, purgatory_stack_end
1:	stp	xzr, xzr, [x0], #16
	cmp	x0, x1
	b.lo	1b
	b	arm64_clean_stack
	.size	arm64_clear_stack, . - arm64_clear_stack

	.section .note.GNU-stack, "", %progbits
