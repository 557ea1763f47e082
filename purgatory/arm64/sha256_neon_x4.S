/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SHA-256 with the vectors of every arm64 CPU, four messages in step, for CPUs without the SHA2
 * instructions. Each vector has the same word of all four, one a lane.
 *
 *   void sha256_arm64_neon_x4(uint32_t states[4][8], const void *const blocks[4], size_t count);
 *
 * For cached memory. Between the blocks the states lie in the caller's memory as vectors, the
 * stack is not used.
 *
 *   x0  states   x1, x3-x5  next block of each message   x2  blocks left of each
 *   x6  constant of the next round   x7  rounds left with a schedule, in sixteens
 *   x8-x15   the lower halves of v8 to v15, which belong to the caller
 *   v0-v7    state: a to h
 *   v8-v23   16 words of the schedule, word n in v(8 + 4 * (n % 4) + n / 4)
 *   v24-v31  scratch
 */
	.arch	armv8-a+simd

	.text

	/* An instruction of the schedule, which the last 16 rounds do without. */
	.macro	also schedule, instruction:vararg
	.if	\schedule
	\instruction
	.endif
	.endm

	/*
	 * One round with the word in v\w0, and then if \schedule is 1 the word 16 on in its place. No
	 * instruction follows the one that it waits for, as far as there are registers, for CPUs that
	 * keep the order. A rotation is a shift to the right and one to the left that is inserted.
	 */
	.macro	round schedule, a, b, c, d, e, f, g, h, w0, w1, w9, w14
	ushr	v24.4s, v\e\().4s, #6
	ushr	v25.4s, v\e\().4s, #11
	ushr	v26.4s, v\e\().4s, #25
	mov	v30.16b, v\e\().16b
	ld1r	{v31.4s}, [x6], #4
	ushr	v27.4s, v\a\().4s, #2
	ushr	v28.4s, v\a\().4s, #13
	ushr	v29.4s, v\a\().4s, #22
	sli	v24.4s, v\e\().4s, #26
	sli	v25.4s, v\e\().4s, #21
	sli	v26.4s, v\e\().4s, #7
	bsl	v30.16b, v\f\().16b, v\g\().16b		/* the choice of e, f, g */
	add	v31.4s, v31.4s, v\w0\().4s
	sli	v27.4s, v\a\().4s, #30
	sli	v28.4s, v\a\().4s, #19
	sli	v29.4s, v\a\().4s, #10
	eor	v24.16b, v24.16b, v25.16b
	add	v\h\().4s, v\h\().4s, v30.4s
	eor	v30.16b, v\a\().16b, v\b\().16b
	also	\schedule, ushr v25.4s, v\w1\().4s, #7
	add	v31.4s, v31.4s, v\h\().4s
	eor	v27.16b, v27.16b, v28.16b
	also	\schedule, ushr v28.4s, v\w1\().4s, #18
	eor	v24.16b, v24.16b, v26.16b
	also	\schedule, ushr v26.4s, v\w1\().4s, #3
	bsl	v30.16b, v\c\().16b, v\b\().16b		/* the majority of a, b, c */
	also	\schedule, add v\w0\().4s, v\w0\().4s, v\w9\().4s
	eor	v27.16b, v27.16b, v29.16b
	also	\schedule, ushr v29.4s, v\w14\().4s, #17
	add	v31.4s, v31.4s, v24.4s
	also	\schedule, ushr v24.4s, v\w14\().4s, #19
	also	\schedule, sli v25.4s, v\w1\().4s, #25
	also	\schedule, sli v28.4s, v\w1\().4s, #14
	add	v27.4s, v27.4s, v30.4s
	also	\schedule, sli v29.4s, v\w14\().4s, #15
	add	v\d\().4s, v\d\().4s, v31.4s
	also	\schedule, sli v24.4s, v\w14\().4s, #13
	also	\schedule, ushr v30.4s, v\w14\().4s, #10
	add	v\h\().4s, v31.4s, v27.4s
	also	\schedule, eor v25.16b, v25.16b, v28.16b
	also	\schedule, eor v29.16b, v29.16b, v24.16b
	also	\schedule, eor v25.16b, v25.16b, v26.16b
	also	\schedule, eor v29.16b, v29.16b, v30.16b
	also	\schedule, add v\w0\().4s, v\w0\().4s, v25.4s
	also	\schedule, add v\w0\().4s, v\w0\().4s, v29.4s
	.endm

	.macro	sixteen_rounds schedule
	round	\schedule, 0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 14, 19
	round	\schedule, 7, 0, 1, 2, 3, 4, 5, 6, 12, 16, 18, 23
	round	\schedule, 6, 7, 0, 1, 2, 3, 4, 5, 16, 20, 22, 8
	round	\schedule, 5, 6, 7, 0, 1, 2, 3, 4, 20, 9, 11, 12
	round	\schedule, 4, 5, 6, 7, 0, 1, 2, 3, 9, 13, 15, 16
	round	\schedule, 3, 4, 5, 6, 7, 0, 1, 2, 13, 17, 19, 20
	round	\schedule, 2, 3, 4, 5, 6, 7, 0, 1, 17, 21, 23, 9
	round	\schedule, 1, 2, 3, 4, 5, 6, 7, 0, 21, 10, 8, 13
	round	\schedule, 0, 1, 2, 3, 4, 5, 6, 7, 10, 14, 12, 17
	round	\schedule, 7, 0, 1, 2, 3, 4, 5, 6, 14, 18, 16, 21
	round	\schedule, 6, 7, 0, 1, 2, 3, 4, 5, 18, 22, 20, 10
	round	\schedule, 5, 6, 7, 0, 1, 2, 3, 4, 22, 11, 9, 14
	round	\schedule, 4, 5, 6, 7, 0, 1, 2, 3, 11, 15, 13, 18
	round	\schedule, 3, 4, 5, 6, 7, 0, 1, 2, 15, 19, 17, 22
	round	\schedule, 2, 3, 4, 5, 6, 7, 0, 1, 19, 23, 21, 11
	round	\schedule, 1, 2, 3, 4, 5, 6, 7, 0, 23, 8, 10, 15
	.endm

	/* Rows become columns: lane j of \to i is lane i of \from j. Clobbers v24 to v27. */
	.macro	transpose to0, to1, to2, to3, from0, from1, from2, from3
	trn1	v24.4s, v\from0\().4s, v\from1\().4s
	trn2	v25.4s, v\from0\().4s, v\from1\().4s
	trn1	v26.4s, v\from2\().4s, v\from3\().4s
	trn2	v27.4s, v\from2\().4s, v\from3\().4s
	trn1	v\to0\().2d, v24.2d, v26.2d
	trn1	v\to1\().2d, v25.2d, v27.2d
	trn2	v\to2\().2d, v24.2d, v26.2d
	trn2	v\to3\().2d, v25.2d, v27.2d
	.endm

	/* Words of all messages, which come most significant byte first. */
	.macro	swap_and_transpose w0, w1, w2, w3
	rev32	v\w0\().16b, v\w0\().16b
	rev32	v\w1\().16b, v\w1\().16b
	rev32	v\w2\().16b, v\w2\().16b
	rev32	v\w3\().16b, v\w3\().16b
	transpose \w0, \w1, \w2, \w3, \w0, \w1, \w2, \w3
	.endm

	.global	sha256_arm64_neon_x4
	.type	sha256_arm64_neon_x4, %function
	.balign	16
sha256_arm64_neon_x4:
	cbz	x2, 3f
	fmov	x8, d8
	fmov	x9, d9
	fmov	x10, d10
	fmov	x11, d11
	fmov	x12, d12
	fmov	x13, d13
	fmov	x14, d14
	fmov	x15, d15
	adr	x6, .Lconstants
	ldp	x4, x5, [x1, #16]
	ldp	x1, x3, [x1]
	ld1	{v8.4s-v11.4s}, [x0], #64
	ld1	{v12.4s-v15.4s}, [x0]
	transpose 0, 1, 2, 3, 8, 10, 12, 14
	transpose 4, 5, 6, 7, 9, 11, 13, 15
	st1	{v4.4s-v7.4s}, [x0]
	sub	x0, x0, #64
	st1	{v0.4s-v3.4s}, [x0]

1:	ld1	{v8.2d-v11.2d}, [x1], #64
	ld1	{v12.2d-v15.2d}, [x3], #64
	ld1	{v16.2d-v19.2d}, [x4], #64
	ld1	{v20.2d-v23.2d}, [x5], #64
	swap_and_transpose 8, 12, 16, 20
	swap_and_transpose 9, 13, 17, 21
	swap_and_transpose 10, 14, 18, 22
	swap_and_transpose 11, 15, 19, 23
	sub	x2, x2, #1
	mov	x7, #3
2:	sub	x7, x7, #1
	sixteen_rounds 1
	cbnz	x7, 2b
	sixteen_rounds 0
	sub	x6, x6, #256
	ld1	{v24.4s-v27.4s}, [x0], #64
	ld1	{v28.4s-v31.4s}, [x0]
	add	v4.4s, v4.4s, v28.4s
	add	v5.4s, v5.4s, v29.4s
	add	v6.4s, v6.4s, v30.4s
	add	v7.4s, v7.4s, v31.4s
	add	v0.4s, v0.4s, v24.4s
	add	v1.4s, v1.4s, v25.4s
	add	v2.4s, v2.4s, v26.4s
	add	v3.4s, v3.4s, v27.4s
	st1	{v4.4s-v7.4s}, [x0]
	sub	x0, x0, #64
	st1	{v0.4s-v3.4s}, [x0]
	cbnz	x2, 1b

	transpose 8, 10, 12, 14, 0, 1, 2, 3
	transpose 9, 11, 13, 15, 4, 5, 6, 7
	st1	{v8.4s-v11.4s}, [x0], #64
	st1	{v12.4s-v15.4s}, [x0]
	fmov	d8, x8
	fmov	d9, x9
	fmov	d10, x10
	fmov	d11, x11
	fmov	d12, x12
	fmov	d13, x13
	fmov	d14, x14
	fmov	d15, x15
3:	ret
	.size	sha256_arm64_neon_x4, . - sha256_arm64_neon_x4

#include "sha256_constants.h"

	.section .note.GNU-stack, "", %progbits
