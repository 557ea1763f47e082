/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The stack, and above it the text of the report. Purgatory writes no other memory before it is done.
 * It is in assembler because of the page below the stack, to which no code refers, and which no code
 * touches on purpose. No frame of C may be so large that it reaches over that page
 * (-Wframe-larger-than in Makefile.am), and the deepest calls take less than half of the stack.
 */
#include "report.h"

#define STACK_GUARD_SIZE 4096
#define STACK_SIZE	 8192

	.section .bss.stack, "aw", %nobits
	.balign	4096
	.global	purgatory_stack_guard
	.type	purgatory_stack_guard, %object
purgatory_stack_guard:
	.skip	STACK_GUARD_SIZE
	.size	purgatory_stack_guard, STACK_GUARD_SIZE

	.global	purgatory_stack
	.type	purgatory_stack, %object
purgatory_stack:
	.skip	STACK_SIZE - REPORT_SIZE
	.size	purgatory_stack, STACK_SIZE - REPORT_SIZE

	/* Where the stack begins, aligned to 16 bytes as the ABIs ask. */
	.global	purgatory_stack_top
purgatory_stack_top:
	.global	purgatory_report_text
	.type	purgatory_report_text, %object
purgatory_report_text:
	.skip	REPORT_SIZE
	.size	purgatory_report_text, REPORT_SIZE

	.global	purgatory_stack_end
purgatory_stack_end:

	.section .note.GNU-stack, "", %progbits
