/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A call that finds out what the called function kept.
 *
 *     uint64_t call_arm64(void *states, const void *blocks, size_t count, uintptr_t function);
 *
 * The first three are the function's arguments. All that belongs to its caller is set to numbers
 * first: x19 to x29 and the lower halves of v8 to v15 (Arm IHI 0055, 6.1). Returns how that and SP
 * differ afterwards, or'ed: 0 if they do not.
 *
 * SP at the call is kept in memory of its own, since no register is left that could be relied on.
 */
#define FRAME_SIZE 160
#define NUMBER	   0x1000

	.macro	access_frame instruction
	\instruction x19, x20, [sp, #16]
	\instruction x21, x22, [sp, #32]
	\instruction x23, x24, [sp, #48]
	\instruction x25, x26, [sp, #64]
	\instruction x27, x28, [sp, #80]
	\instruction d8, d9, [sp, #96]
	\instruction d10, d11, [sp, #112]
	\instruction d12, d13, [sp, #128]
	\instruction d14, d15, [sp, #144]
	.endm

	/* x10 with x9, into x0. */
	.macro	compare
	eor	x10, x10, x9
	orr	x0, x0, x10
	.endm

	.text
	.global	call_arm64
	.type	call_arm64, %function
	.balign	4
call_arm64:
	stp	x29, x30, [sp, #-FRAME_SIZE]!
	access_frame stp
	mov	x10, sp
	adrp	x9, stack_pointer
	str	x10, [x9, #:lo12:stack_pointer]
	mov	x9, #NUMBER
	.irp	n, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29
	add	x\n, x9, #\n
	.endr
	.irp	n, 8, 9, 10, 11, 12, 13, 14, 15
	add	x10, x9, #\n
	fmov	d\n, x10
	.endr
	blr	x3
	mov	x0, xzr
	mov	x9, #NUMBER
	.irp	n, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29
	sub	x10, x\n, #\n
	compare
	.endr
	.irp	n, 8, 9, 10, 11, 12, 13, 14, 15
	fmov	x10, d\n
	sub	x10, x10, #\n
	compare
	.endr
	adrp	x9, stack_pointer
	ldr	x9, [x9, #:lo12:stack_pointer]
	mov	x10, sp
	compare
	mov	sp, x9
	access_frame ldp
	ldp	x29, x30, [sp], #FRAME_SIZE
	ret
	.size	call_arm64, . - call_arm64

	.bss
	.balign	8
stack_pointer:
	.skip	8

	.section .note.GNU-stack, "", %progbits
