/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SHA-256 for CPUs without the SHA2 instructions, with the MMU off: each access to memory takes as
 * long as hundreds of instructions.
 *
 *   void sha256_arm64_uncached(uint32_t state[8], const void *blocks, size_t count);
 *
 * So all accesses in the loop are four loads of 16 bytes each for a block, which must be aligned to
 * 8 bytes. All else stays in registers: those for integers hold state and schedule, those for
 * vectors the rest and what belongs to the caller. The stack is not used.
 *
 *   x0  state   x1  next block   x2  blocks left   w28-w30  scratch
 *   w3-w10   a to h
 *   w11-w17, w19-w27   16 words of the schedule (x18 is the platform's)
 *   v0, v1   the state before this block
 *   v2-v7    x19 to x30 of the caller, two in each
 *   v16-v31  constants
 */
#define A   w3
#define B   w4
#define C   w5
#define D   w6
#define E   w7
#define F   w8
#define G   w9
#define H   w10
#define W0  w11
#define W1  w12
#define W2  w13
#define W3  w14
#define W4  w15
#define W5  w16
#define W6  w17
#define W7  w19
#define W8  w20
#define W9  w21
#define W10 w22
#define W11 w23
#define W12 w24
#define W13 w25
#define W14 w26
#define W15 w27

	.arch	armv8-a+simd

	.text

	/* One round with the word in \w and the constant in lane \lane of \constants. */
	.macro	round a, b, c, d, e, f, g, h, w, constants, lane
	umov	w28, \constants\().s[\lane]
	add	\h, \h, \w
	ror	w29, \e, #6
	eor	w30, \f, \g
	eor	w29, w29, \e, ror #11
	and	w30, w30, \e
	add	\h, \h, w28
	eor	w29, w29, \e, ror #25
	eor	w30, w30, \g			/* the choice of e, f, g */
	add	\h, \h, w29
	and	w28, \a, \b
	orr	w29, \a, \b
	add	\h, \h, w30
	and	w29, w29, \c
	ror	w30, \a, #2
	add	\d, \d, \h
	orr	w28, w28, w29			/* the majority of a, b, c */
	eor	w30, w30, \a, ror #13
	add	\h, \h, w28
	eor	w30, w30, \a, ror #22
	add	\h, \h, w30
	.endm

	/* The next word, in the place of the one 16 before it. */
	.macro	schedule w0, w1, w9, w14
	ror	w28, \w1, #7
	ror	w29, \w14, #17
	add	\w0, \w0, \w9
	eor	w28, w28, \w1, ror #18
	eor	w29, w29, \w14, ror #19
	eor	w28, w28, \w1, lsr #3
	eor	w29, w29, \w14, lsr #10
	add	\w0, \w0, w28
	add	\w0, \w0, w29
	.endm

	/* For rounds 0 to 15 the words are the message's. */
	.macro	given w0, w1, w9, w14
	.endm

	/* Sixteen rounds; \word makes their words. */
	.macro	sixteen_rounds word, k0, k4, k8, k12
	\word	W0, W1, W9, W14
	round	A, B, C, D, E, F, G, H, W0, \k0, 0
	\word	W1, W2, W10, W15
	round	H, A, B, C, D, E, F, G, W1, \k0, 1
	\word	W2, W3, W11, W0
	round	G, H, A, B, C, D, E, F, W2, \k0, 2
	\word	W3, W4, W12, W1
	round	F, G, H, A, B, C, D, E, W3, \k0, 3
	\word	W4, W5, W13, W2
	round	E, F, G, H, A, B, C, D, W4, \k4, 0
	\word	W5, W6, W14, W3
	round	D, E, F, G, H, A, B, C, W5, \k4, 1
	\word	W6, W7, W15, W4
	round	C, D, E, F, G, H, A, B, W6, \k4, 2
	\word	W7, W8, W0, W5
	round	B, C, D, E, F, G, H, A, W7, \k4, 3
	\word	W8, W9, W1, W6
	round	A, B, C, D, E, F, G, H, W8, \k8, 0
	\word	W9, W10, W2, W7
	round	H, A, B, C, D, E, F, G, W9, \k8, 1
	\word	W10, W11, W3, W8
	round	G, H, A, B, C, D, E, F, W10, \k8, 2
	\word	W11, W12, W4, W9
	round	F, G, H, A, B, C, D, E, W11, \k8, 3
	\word	W12, W13, W5, W10
	round	E, F, G, H, A, B, C, D, W12, \k12, 0
	\word	W13, W14, W6, W11
	round	D, E, F, G, H, A, B, C, W13, \k12, 1
	\word	W14, W15, W7, W12
	round	C, D, E, F, G, H, A, B, W14, \k12, 2
	\word	W15, W0, W8, W13
	round	B, C, D, E, F, G, H, A, W15, \k12, 3
	.endm

	/* Two pairs of words, which come most significant byte first, in one access. */
	.macro	load_words w0, w1, w2, w3, offset
	ldp	x28, x29, [x1, #\offset]
	rev	\w0, w28
	lsr	x28, x28, #32
	rev	\w2, w29
	lsr	x29, x29, #32
	rev	\w1, w28
	rev	\w3, w29
	.endm

	.macro	add_saved register, saved, lane
	umov	w28, \saved\().s[\lane]
	add	\register, \register, w28
	.endm

	.global	sha256_arm64_uncached
	.type	sha256_arm64_uncached, %function
	.balign	16
sha256_arm64_uncached:
	cbz	x2, 2f
	fmov	d2, x19
	mov	v2.d[1], x20
	fmov	d3, x21
	mov	v3.d[1], x22
	fmov	d4, x23
	mov	v4.d[1], x24
	fmov	d5, x25
	mov	v5.d[1], x26
	fmov	d6, x27
	mov	v6.d[1], x28
	fmov	d7, x29
	mov	v7.d[1], x30
	adr	x3, .Lconstants
	ld1	{v16.4s-v19.4s}, [x3], #64
	ld1	{v20.4s-v23.4s}, [x3], #64
	ld1	{v24.4s-v27.4s}, [x3], #64
	ld1	{v28.4s-v31.4s}, [x3]
	ldp	A, B, [x0]
	ldp	C, D, [x0, #8]
	ldp	E, F, [x0, #16]
	ldp	G, H, [x0, #24]

1:	load_words W0, W1, W2, W3, 0
	load_words W4, W5, W6, W7, 16
	load_words W8, W9, W10, W11, 32
	load_words W12, W13, W14, W15, 48
	add	x1, x1, #64
	sub	x2, x2, #1
	mov	v0.s[0], A
	mov	v0.s[1], B
	mov	v0.s[2], C
	mov	v0.s[3], D
	mov	v1.s[0], E
	mov	v1.s[1], F
	mov	v1.s[2], G
	mov	v1.s[3], H
	sixteen_rounds given, v16, v17, v18, v19
	sixteen_rounds schedule, v20, v21, v22, v23
	sixteen_rounds schedule, v24, v25, v26, v27
	sixteen_rounds schedule, v28, v29, v30, v31
	add_saved A, v0, 0
	add_saved B, v0, 1
	add_saved C, v0, 2
	add_saved D, v0, 3
	add_saved E, v1, 0
	add_saved F, v1, 1
	add_saved G, v1, 2
	add_saved H, v1, 3
	cbnz	x2, 1b

	stp	A, B, [x0]
	stp	C, D, [x0, #8]
	stp	E, F, [x0, #16]
	stp	G, H, [x0, #24]
	fmov	x19, d2
	mov	x20, v2.d[1]
	fmov	x21, d3
	mov	x22, v3.d[1]
	fmov	x23, d4
	mov	x24, v4.d[1]
	fmov	x25, d5
	mov	x26, v5.d[1]
	fmov	x27, d6
	mov	x28, v6.d[1]
	fmov	x29, d7
	mov	x30, v7.d[1]
2:	ret
	.size	sha256_arm64_uncached, . - sha256_arm64_uncached

#include "sha256_constants.h"

	.section .note.GNU-stack, "", %progbits
