/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Relocation types of arm64 for absolute addresses of 32 bits, which only reach low ones.
 */
	.text
	.globl	function
function:
	movz	x4, #:abs_g1:variable	/* MOVW_UABS_G1 */
	movk	x4, #:abs_g0_nc:variable
	ret

	.data
	.balign	8
	.globl	variable
variable:
	.word	function + 1		/* ABS32 */

	.section .note.GNU-stack, "", %progbits
