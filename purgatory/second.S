/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Patched symbols that lie beside the text, because they stand in for others when the pages of the
 * read-only data are lost; see include/purgatory.h.
 */
	.macro	patched name, words
	.global	purgatory_\name
	.type	purgatory_\name, %object
purgatory_\name:
	.fill	\words, 8, 0
	.size	purgatory_\name, . - purgatory_\name
	.endm

	.text
	.balign	8
	patched	address_second, 1
	patched	ending_second, 13
	patched	ending_second_sum, 1

	.section .note.GNU-stack, "", %progbits
