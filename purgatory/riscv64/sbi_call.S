/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A call of the SBI. Its calling convention is that of C: up to six arguments in a0 to a5, function
 * in a6, extension in a7, error and value returned in a0 and a1 as a structure of two registers,
 * all others kept. Only the instruction is not C.
 */
	.option	norelax
	.text
	.global	sbi_call
	.type	sbi_call, %function
	.balign	4
sbi_call:
	ecall
	ret
	.size	sbi_call, . - sbi_call

	.section .note.GNU-stack, "", %progbits
