/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * purgatory_stop_sum, see include/purgatory.h. It is linked behind all that a damaged purgatory
 * needs to say so and to stop, which begins at purgatory_checked (entry.S).
 */
	.text
	.balign	8
	.global	purgatory_stop_sum
	.type	purgatory_stop_sum, %object
purgatory_stop_sum:
	.quad	0
	.size	purgatory_stop_sum, . - purgatory_stop_sum

	.section .note.GNU-stack, "", %progbits
