/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SHA-256 with the SHA2 instructions, two messages in step: each instruction's result is needed by
 * the next one of the same message, so that one alone leaves the unit idle most of the time.
 *
 *   void sha256_arm64_sha2_x2(uint32_t states[2][8], const void *const blocks[2], size_t count);
 *
 * For cached memory; with the MMU off it would not be faster than sha256_sha2.S. Registers are just
 * enough: the last quarter of the constants is loaded again for each pair of blocks, which makes 12
 * loads of 16 bytes. The stack is not used.
 *
 *   x0  states   x1  next block of the first message   x2  pairs of blocks left
 *   x3  next block of the second message   x4  constants   x5  state of the second
 *   x8-x15   the lower halves of v8 to v15, which belong to the caller
 *
 *            first message   second
 *   v0, v1   v10, v11        state: a to d, e to h
 *   v2, v3   v12, v13        the same, before this block
 *   v4-v7    v14-v17         16 words of the schedule
 *   v8       v18             words plus constants of these four rounds
 *   v9       v19             a to d, which sha256h2 needs after sha256h has changed them
 *   v20-v31  constants of rounds 0 to 47
 */
	.arch	armv8-a+crypto

	/* Four rounds of both with the sums in v8 and v18. */
	.macro	rounds
	mov	v9.16b, v0.16b
	mov	v19.16b, v10.16b
	sha256h	q0, q1, v8.4s
	sha256h	q10, q11, v18.4s
	sha256h2 q1, q9, v8.4s
	sha256h2 q11, q19, v18.4s
	.endm

	.macro	sums constants, a0, b0
	add	v8.4s, v\a0\().4s, v\constants\().4s
	add	v18.4s, v\b0\().4s, v\constants\().4s
	.endm

	/* Four rounds; \a0 and \b0 are used up and become the words 16 on. */
	.macro	rounds_and_schedule constants, a0, a1, a2, a3, b0, b1, b2, b3
	sums	\constants, \a0, \b0
	sha256su0 v\a0\().4s, v\a1\().4s
	sha256su0 v\b0\().4s, v\b1\().4s
	rounds
	sha256su1 v\a0\().4s, v\a2\().4s, v\a3\().4s
	sha256su1 v\b0\().4s, v\b2\().4s, v\b3\().4s
	.endm

	.text
	.global	sha256_arm64_sha2_x2
	.type	sha256_arm64_sha2_x2, %function
	.balign	16
sha256_arm64_sha2_x2:
	cbz	x2, 6f
	fmov	x8, d8
	fmov	x9, d9
	fmov	x10, d10
	fmov	x11, d11
	fmov	x12, d12
	fmov	x13, d13
	fmov	x14, d14
	fmov	x15, d15
	adr	x4, .Lconstants
	mov	x5, x4
	ld1	{v20.4s-v23.4s}, [x5], #64
	ld1	{v24.4s-v27.4s}, [x5], #64
	ld1	{v28.4s-v31.4s}, [x5]
	add	x5, x0, #32
	ld1	{v0.4s, v1.4s}, [x0]
	ld1	{v10.4s, v11.4s}, [x5]
	ldp	x1, x3, [x1]

	/* Elements of 8 bytes are loaded where a block has no other alignment. */
1:	tbnz	x1, #3, 4f
	ldp	q4, q5, [x1], #32
	ldp	q6, q7, [x1], #32
2:	tbnz	x3, #3, 5f
	ldp	q14, q15, [x3], #32
	ldp	q16, q17, [x3], #32
3:	rev32	v4.16b, v4.16b
	rev32	v14.16b, v14.16b
	rev32	v5.16b, v5.16b
	rev32	v15.16b, v15.16b
	rev32	v6.16b, v6.16b
	rev32	v16.16b, v16.16b
	rev32	v7.16b, v7.16b
	rev32	v17.16b, v17.16b
	mov	v2.16b, v0.16b
	mov	v3.16b, v1.16b
	mov	v12.16b, v10.16b
	mov	v13.16b, v11.16b
	sub	x2, x2, #1
	rounds_and_schedule 20, 4, 5, 6, 7, 14, 15, 16, 17
	rounds_and_schedule 21, 5, 6, 7, 4, 15, 16, 17, 14
	rounds_and_schedule 22, 6, 7, 4, 5, 16, 17, 14, 15
	rounds_and_schedule 23, 7, 4, 5, 6, 17, 14, 15, 16
	rounds_and_schedule 24, 4, 5, 6, 7, 14, 15, 16, 17
	rounds_and_schedule 25, 5, 6, 7, 4, 15, 16, 17, 14
	rounds_and_schedule 26, 6, 7, 4, 5, 16, 17, 14, 15
	rounds_and_schedule 27, 7, 4, 5, 6, 17, 14, 15, 16
	rounds_and_schedule 28, 4, 5, 6, 7, 14, 15, 16, 17
	rounds_and_schedule 29, 5, 6, 7, 4, 15, 16, 17, 14
	rounds_and_schedule 30, 6, 7, 4, 5, 16, 17, 14, 15
	rounds_and_schedule 31, 7, 4, 5, 6, 17, 14, 15, 16
	/* Without a schedule words become free, and room for the next constants. */
	ldr	q18, [x4, #192]
	sums	18, 4, 14
	ldr	q4, [x4, #208]
	rounds
	sums	4, 5, 15
	ldr	q5, [x4, #224]
	rounds
	sums	5, 6, 16
	ldr	q6, [x4, #240]
	rounds
	sums	6, 7, 17
	rounds
	add	v0.4s, v0.4s, v2.4s
	add	v10.4s, v10.4s, v12.4s
	add	v1.4s, v1.4s, v3.4s
	add	v11.4s, v11.4s, v13.4s
	cbnz	x2, 1b

	st1	{v0.4s, v1.4s}, [x0]
	st1	{v10.4s, v11.4s}, [x5]
	fmov	d8, x8
	fmov	d9, x9
	fmov	d10, x10
	fmov	d11, x11
	fmov	d12, x12
	fmov	d13, x13
	fmov	d14, x14
	fmov	d15, x15
	ret

4:	ld1	{v4.2d-v7.2d}, [x1], #64
	b	2b
5:	ld1	{v14.2d-v17.2d}, [x3], #64
	b	3b
6:	ret
	.size	sha256_arm64_sha2_x2, . - sha256_arm64_sha2_x2

#include "sha256_constants.h"

	.section .note.GNU-stack, "", %progbits
