/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Relocation types of riscv64 for absolute addresses, which LUI only forms below 2 GiB.
 */
	.option	norelax
	.text
	.globl	function
function:
	lui	a0, %hi(variable + 0x7fc)	/* HI20 */
	addi	a0, a0, %lo(variable + 0x7fc)	/* LO12_I */
	sw	a0, %lo(variable + 0x7fc)(a0)	/* LO12_S */
	lui	a1, %hi(variable + 0x800)
	lw	a1, %lo(variable + 0x800)(a1)
	ret

	.data
	.balign	8
	.globl	variable
variable:
	.word	function + 1			/* 32 */
	.skip	0x1000

	.section .note.GNU-stack, "", %progbits
