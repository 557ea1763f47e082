/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What lies beside the text because it stands in for the same in the read-only data, whose pages may
 * be lost: patched symbols (include/purgatory.h), and a text.
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

	/* What the line of damage to purgatory is if the texts of line.c and stop.c are lost. */
	.global	stop_damaged_text
	.type	stop_damaged_text, %object
stop_damaged_text:
	.asciz	"purgatory: MISMATCH segment=purgatory"
	.size	stop_damaged_text, . - stop_damaged_text
	/* A multiple of 8. (.balign would want instructions, and clang 14 has none of two bytes for riscv64.) */
	.org	stop_damaged_text + 40

	.section .note.GNU-stack, "", %progbits
