/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * purgatory_self_sum, see include/purgatory.h. It is in assembler, in a file that is linked last,
 * because it has to be the end of its section: a compiler may put variables in any order.
 */
	.section .rodata.digest, "a", %progbits
	.balign	8
	.global	purgatory_self_sum
	.type	purgatory_self_sum, %object
purgatory_self_sum:
	.quad	0
	.size	purgatory_self_sum, . - purgatory_self_sum

	.section .note.GNU-stack, "", %progbits
