/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stands for the old kernel: firmware enters it in S-mode with a0 = hart ID and a1 = device tree,
 * and so does it enter purgatory, with arbitrary values in the other registers.
 *
 * old_kernel_variant, which the test patches: 0 by a jump, 1 by a trap with
 * stvec = purgatory_start, as the kernel does after a crash.
 */
	.option	norelax
	.section .text.old_kernel, "ax", %progbits
	.global	old_kernel_start
old_kernel_start:
	li	sp, 0x1111
	li	gp, 0x2222
	li	s0, 0x3333
	lla	t0, purgatory_start
	lw	t1, old_kernel_variant
	beqz	t1, 1f
	csrw	stvec, t0
	ebreak
1:	jr	t0

	.balign	8
	.global	old_kernel_variant
	.type	old_kernel_variant, %object
old_kernel_variant:
	.quad	0
	.size	old_kernel_variant, 8

	.section .note.GNU-stack, "", %progbits
