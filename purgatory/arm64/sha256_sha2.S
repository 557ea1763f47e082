/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SHA-256 with the SHA2 instructions, one message.
 *
 *   void sha256_arm64_sha2(uint32_t state[8], const void *blocks, size_t count);
 *
 * It runs with the MMU off too, where each access to memory is slow and must be aligned. So the
 * constants stay in registers, the stack is not used, and all accesses in the loop are four loads
 * of 16 bytes each for a block. Where a block is aligned only to 8 bytes, as sha256_compress()
 * permits, elements of 8 bytes are loaded instead.
 *
 *   x0  state   x1  next block   x2  blocks left   x3  constants
 *   x9-x11   the lower halves of v8 to v10, which belong to the caller
 *   v0, v1   state: a to d, e to h       v2, v3  the same, before this block
 *   v4-v7    16 words of the schedule
 *   v8, v9   words plus constants, of this and of the next four rounds in turn   v10  a to d
 *   v16-v31  constants
 *
 * sha256h and sha256h2 do four rounds, each for one half of the state; both start from the old one,
 * of which the second needs a copy.
 */
	.arch	armv8-a+crypto

	/* Four rounds. \w0 is used up and becomes the word 16 on, of \w0 to \w3. */
	.macro	rounds_and_schedule sum, next_sum, next_constants, w0, w1, w2, w3
	mov	v10.16b, v0.16b
	sha256h	q0, q1, v\sum\().4s
	sha256su0 v\w0\().4s, v\w1\().4s
	sha256h2 q1, q10, v\sum\().4s
	add	v\next_sum\().4s, v\w1\().4s, v\next_constants\().4s
	sha256su1 v\w0\().4s, v\w2\().4s, v\w3\().4s
	.endm

	/* The same without a schedule. */
	.macro	rounds sum
	mov	v10.16b, v0.16b
	sha256h	q0, q1, v\sum\().4s
	sha256h2 q1, q10, v\sum\().4s
	.endm

	.text
	.global	sha256_arm64_sha2
	.type	sha256_arm64_sha2, %function
	.balign	16
sha256_arm64_sha2:
	cbz	x2, 4f
	fmov	x9, d8
	fmov	x10, d9
	fmov	x11, d10
	adr	x3, .Lconstants
	ld1	{v16.4s-v19.4s}, [x3], #64
	ld1	{v20.4s-v23.4s}, [x3], #64
	ld1	{v24.4s-v27.4s}, [x3], #64
	ld1	{v28.4s-v31.4s}, [x3]
	ld1	{v0.4s, v1.4s}, [x0]

1:	tbnz	x1, #3, 3f
	ldp	q4, q5, [x1], #32
	ldp	q6, q7, [x1], #32
2:	rev32	v4.16b, v4.16b
	rev32	v5.16b, v5.16b
	rev32	v6.16b, v6.16b
	rev32	v7.16b, v7.16b
	add	v8.4s, v4.4s, v16.4s
	mov	v2.16b, v0.16b
	mov	v3.16b, v1.16b
	sub	x2, x2, #1
	rounds_and_schedule 8, 9, 17, 4, 5, 6, 7
	rounds_and_schedule 9, 8, 18, 5, 6, 7, 4
	rounds_and_schedule 8, 9, 19, 6, 7, 4, 5
	rounds_and_schedule 9, 8, 20, 7, 4, 5, 6
	rounds_and_schedule 8, 9, 21, 4, 5, 6, 7
	rounds_and_schedule 9, 8, 22, 5, 6, 7, 4
	rounds_and_schedule 8, 9, 23, 6, 7, 4, 5
	rounds_and_schedule 9, 8, 24, 7, 4, 5, 6
	rounds_and_schedule 8, 9, 25, 4, 5, 6, 7
	rounds_and_schedule 9, 8, 26, 5, 6, 7, 4
	rounds_and_schedule 8, 9, 27, 6, 7, 4, 5
	rounds_and_schedule 9, 8, 28, 7, 4, 5, 6
	rounds	8
	add	v9.4s, v5.4s, v29.4s
	rounds	9
	add	v8.4s, v6.4s, v30.4s
	rounds	8
	add	v9.4s, v7.4s, v31.4s
	rounds	9
	add	v0.4s, v0.4s, v2.4s
	add	v1.4s, v1.4s, v3.4s
	cbnz	x2, 1b

	st1	{v0.4s, v1.4s}, [x0]
	fmov	d8, x9
	fmov	d9, x10
	fmov	d10, x11
	ret

3:	ld1	{v4.2d-v7.2d}, [x1], #64
	b	2b
4:	ret
	.size	sha256_arm64_sha2, . - sha256_arm64_sha2

#include "sha256_constants.h"

	.section .note.GNU-stack, "", %progbits
