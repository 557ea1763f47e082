/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The stack, the only memory that purgatory writes. It is in assembler because of the page below
 * it, to which no code refers, and which no code touches on purpose. No frame of C may be so large
 * that it reaches over that page (-Wframe-larger-than in Makefile.am), and the deepest calls take
 * less than half of the stack.
 */
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
	.skip	STACK_SIZE
	.size	purgatory_stack, STACK_SIZE

	.global	purgatory_stack_end
purgatory_stack_end:

	.section .note.GNU-stack, "", %progbits
