/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All relocation types of riscv64 that reach whatever address the object is placed at. Never run:
 * it is relocated by kexec and linked by ld, and the bytes are compared.
 */
	.option	norelax
	.text
	.globl	function
function:
	call	other			/* CALL_PLT */
	tail	other
	jal	other			/* JAL */
	lla	a0, constant		/* PCREL_HI20, PCREL_LO12_I */
	lla	a0, variable + 0x7f8
	lla	a0, zeros + 0x800
1:	auipc	a1, %pcrel_hi(variable)
2:	auipc	a2, %pcrel_hi(zeros + 12)
	ld	a3, %pcrel_lo(1b)(a1)
	sd	a3, %pcrel_lo(2b)(a2)	/* PCREL_LO12_S */
	sw	a3, %pcrel_lo(1b)(a1)
	/* the assembler would write longer code for a branch to another section */
	.reloc	., R_RISCV_BRANCH, near
	.word	0x00b50063		/* beq a0, a1 */
	.reloc	., R_RISCV_RVC_BRANCH, near
	.half	0xc101			/* c.beqz a0 */
	.reloc	., R_RISCV_RVC_JUMP, near + 2
	.half	0xa001			/* c.j */
	ret
	.section .text.near, "ax", %progbits
	.globl	near
near:
	ret
	.globl	other
other:
	j	function
	ret
	.reloc	., R_RISCV_BRANCH, function
	.word	0x80b50063
	.reloc	., R_RISCV_RVC_BRANCH, function + 4
	.half	0xd101
	.reloc	., R_RISCV_RVC_JUMP, function
	.half	0xb001
	ret

	.section .rodata, "a", %progbits
	.balign	8
	.globl	constant
constant:
	.dword	function + 4		/* 64 */
	.byte	1
	.reloc	., R_RISCV_32_PCREL, function + 2
	.word	0
	/* no addends with SUB: the psABI, kexec and lld subtract them, GNU ld adds them */
	.reloc	., R_RISCV_ADD64, variable + 1
	.reloc	., R_RISCV_SUB64, function
	.dword	0x1111111111111111
	.reloc	., R_RISCV_ADD32, variable + 1
	.reloc	., R_RISCV_SUB32, function
	.word	0x22222222
	.reloc	., R_RISCV_ADD16, variable + 1
	.reloc	., R_RISCV_SUB16, function
	.half	0x3333
	.reloc	., R_RISCV_ADD8, variable + 1
	.reloc	., R_RISCV_SUB8, function
	.byte	0x44
	.reloc	., R_RISCV_SET32, variable
	.reloc	., R_RISCV_SUB32, function
	.word	0
	.reloc	., R_RISCV_SET16, variable
	.reloc	., R_RISCV_SUB16, function
	.half	0
	.reloc	., R_RISCV_SET8, other
	.reloc	., R_RISCV_SUB8, function
	.byte	0
	.reloc	., R_RISCV_SET6, other
	.reloc	., R_RISCV_SUB6, constant
	.byte	0xc0

	.data
	.balign	8
	.globl	variable
variable:
	.dword	zeros + 0x123456789

	.bss
	.balign	16
	.globl	zeros
zeros:
	.skip	0x1000

	.section .note.GNU-stack, "", %progbits
