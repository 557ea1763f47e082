/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Nothing of the payload and of what was computed of it is left behind.
 */
#include "sha256_vectors.h"

	/* vmv.v.i \register, 0: of a group of eight. Not every assembler knows the instructions. */
	.macro	clear_group register
	.insn	i 0x57, 3, \register, x0, 0x5e0
	.endm

	.option	norelax
	.text
/*
 * Zero the registers of vectors, if the engine in tp uses them: it was tried, so these instructions
 * are neither missing nor off. Clobbers t0.
 */
	.global	riscv64_clear_vectors
	.type	riscv64_clear_vectors, %function
	.balign	4
riscv64_clear_vectors:
	li	t0, SHA256_FIRST_OF_VECTORS
	bltu	tp, t0, 1f
	.insn	i 0x57, 7, t0, x0, 0xc3	/* vsetvli t0, zero, e8, m8, ta, ma */
	clear_group x0
	clear_group x8
	clear_group x16
	clear_group x24
1:	ret
	.size	riscv64_clear_vectors, . - riscv64_clear_vectors

/* Zero the stack and the report's text. Clobbers t0 and t1. */
	.global	riscv64_clear_stack
	.type	riscv64_clear_stack, %function
riscv64_clear_stack:
	lla	t0, purgatory_stack
	lla	t1, purgatory_stack_end
1:	sd	zero, 0(t0)
	addi	t0, t0, 8
	bltu	t0, t1, 1b
	ret
	.size	riscv64_clear_stack, . - riscv64_clear_stack

	.section .note.GNU-stack, "", %progbits
