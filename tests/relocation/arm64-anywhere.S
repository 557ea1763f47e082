/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All relocation types of arm64 that reach whatever address the object is placed at. Never run: it
 * is relocated by kexec and linked by ld, and the bytes are compared.
 */
	.text
	.globl	function
function:
	b	other			/* JUMP26 */
	bl	other			/* CALL26 */
	b.ne	other			/* CONDBR19 */
	cbz	x0, other		/* CONDBR19 */
	tbz	x1, #33, other		/* TSTBR14 */
	ldr	x2, constant		/* LD_PREL_LO19 */
	ldr	x2, constant + 8
	adr	x3, constant + 3	/* ADR_PREL_LO21 */
	adr	x3, variable
	adr	x3, zeros + 5
	movz	x4, #:abs_g3:variable	/* MOVW_UABS_G3, G2_NC, G1_NC, G0_NC */
	movk	x4, #:abs_g2_nc:variable
	movk	x4, #:abs_g1_nc:variable
	movk	x4, #:abs_g0_nc:variable
	movz	x5, #:abs_g2:constant	/* MOVW_UABS_G2 */
	ret

	/* a section of its own, so that the assembler cannot know the distances */
	.section .text.other, "ax", %progbits
	.globl	other
other:
	b	function
	tbnz	w1, #3, function + 8
	adr	x3, function + 1
	ret

	.section .rodata, "a", %progbits
	.balign	8
	.globl	constant
constant:
	.quad	function + 4		/* ABS64 */
	.quad	variable - .		/* PREL64 */
	.byte	1
	.word	other - .		/* PREL32, unaligned */
	.hword	function - .		/* PREL16 */

	.data
	.balign	8
	.globl	variable
variable:
	.quad	zeros + 0x123456789

	.bss
	.balign	16
	.globl	zeros
zeros:
	.skip	64

	.section .note.GNU-stack, "", %progbits
