/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The frame of the SHA-256 engines that take in one message with integer registers; for assembler.
 *
 *     void sha256_riscv64_NAME(uint32_t state[8], const void *blocks, size_t count);
 *
 * The including file has the macros "round" and "make_word", then says "sha256_scalar NAME". The 28
 * registers that C leaves to a function are just enough for state and message: what is needed once
 * a block lies on the stack. Upper halves of registers hold whatever carries left there; all
 * instructions on words ignore them.
 *
 * Registers:
 *   s0-s7                      a to h
 *   a2-a7, t0-t6, s8-s10       the 16 words of the schedule, word i in the place of word i - 16
 *   a0                         the constants
 *   s11, a1                    in turn: a ^ b of the round before, which is b ^ c of this one, and
 *                              work; a1: the block while it is loaded
 *   ra                         work
 */
/* clang-format off */
#define A s0
#define B s1
#define C s2
#define D s3
#define E s4
#define F s5
#define G s6
#define H s7

#define W0  a2
#define W1  a3
#define W2  a4
#define W3  a5
#define W4  a6
#define W5  a7
#define W6  t0
#define W7  t1
#define W8  t2
#define W9  t3
#define W10 t4
#define W11 t5
#define W12 t6
#define W13 s8
#define W14 s9
#define W15 s10

#define CONSTANTS a0
#define BLOCK	  a1
#define WORK_0	  s11
#define WORK_1	  a1
#define WORK_2	  ra

/* The stack: ra and s0 to s11 from 0 on, then these. */
#define FRAME_STATE 104
#define FRAME_BLOCK 112
#define FRAME_END   120
#define FRAME_SIZE  128

	.macro	save_registers operation
	\operation	ra, 0(sp)
	\operation	s0, 8(sp)
	\operation	s1, 16(sp)
	\operation	s2, 24(sp)
	\operation	s3, 32(sp)
	\operation	s4, 40(sp)
	\operation	s5, 48(sp)
	\operation	s6, 56(sp)
	\operation	s7, 64(sp)
	\operation	s8, 72(sp)
	\operation	s9, 80(sp)
	\operation	s10, 88(sp)
	\operation	s11, 96(sp)
	.endm

	/* The words at that offset of the block and behind it, most significant byte first. */
	.macro	load_words offset, first, second
	ld	\second, \offset(BLOCK)
	rev8	\second, \second
	srli	\first, \second, 32
	.endm

	/* Round i with the constant at that offset, and where made is 1 its word: word, from those
	 * of i - 15, i - 7 and i - 2. both: b ^ c, in which a ^ b is left in next. */
	.macro	step made, offset, a, b, c, d, e, f, g, h, both, next, word, word_15, word_7, word_2
	.if	\made
	make_word \word, \word_15, \word_7, \word_2, WORK_2, \next
	.endif
	round	\offset, \a, \b, \c, \d, \e, \f, \g, \h, \both, \next, \word
	.endm

	/* After eight rounds every variable has its own register again. */
	.macro	sixteen_rounds made, offset
	step	\made, \offset, A, B, C, D, E, F, G, H, WORK_0, WORK_1, W0, W1, W9, W14
	step	\made, \offset + 4, H, A, B, C, D, E, F, G, WORK_1, WORK_0, W1, W2, W10, W15
	step	\made, \offset + 8, G, H, A, B, C, D, E, F, WORK_0, WORK_1, W2, W3, W11, W0
	step	\made, \offset + 12, F, G, H, A, B, C, D, E, WORK_1, WORK_0, W3, W4, W12, W1
	step	\made, \offset + 16, E, F, G, H, A, B, C, D, WORK_0, WORK_1, W4, W5, W13, W2
	step	\made, \offset + 20, D, E, F, G, H, A, B, C, WORK_1, WORK_0, W5, W6, W14, W3
	step	\made, \offset + 24, C, D, E, F, G, H, A, B, WORK_0, WORK_1, W6, W7, W15, W4
	step	\made, \offset + 28, B, C, D, E, F, G, H, A, WORK_1, WORK_0, W7, W8, W0, W5
	step	\made, \offset + 32, A, B, C, D, E, F, G, H, WORK_0, WORK_1, W8, W9, W1, W6
	step	\made, \offset + 36, H, A, B, C, D, E, F, G, WORK_1, WORK_0, W9, W10, W2, W7
	step	\made, \offset + 40, G, H, A, B, C, D, E, F, WORK_0, WORK_1, W10, W11, W3, W8
	step	\made, \offset + 44, F, G, H, A, B, C, D, E, WORK_1, WORK_0, W11, W12, W4, W9
	step	\made, \offset + 48, E, F, G, H, A, B, C, D, WORK_0, WORK_1, W12, W13, W5, W10
	step	\made, \offset + 52, D, E, F, G, H, A, B, C, WORK_1, WORK_0, W13, W14, W6, W11
	step	\made, \offset + 56, C, D, E, F, G, H, A, B, WORK_0, WORK_1, W14, W15, W7, W12
	step	\made, \offset + 60, B, C, D, E, F, G, H, A, WORK_1, WORK_0, W15, W0, W8, W13
	.endm

	/* Add what the state was before the block, in pairs: loads take their time. */
	.macro	add_state offset, first, second
	lw	W0, \offset(WORK_2)
	lw	W1, \offset + 4(WORK_2)
	add	\first, \first, W0
	add	\second, \second, W1
	sw	\first, \offset(WORK_2)
	sw	\second, \offset + 4(WORK_2)
	.endm

	.macro	sha256_scalar name
	.option	norelax
	.text
	.global	\name
	.type	\name, %function
	.balign	4
\name:
	bnez	a2, 1f
	ret
1:	addi	sp, sp, -FRAME_SIZE
	save_registers sd
	slli	a2, a2, 6
	add	a2, a2, a1
	sd	a0, FRAME_STATE(sp)
	sd	a2, FRAME_END(sp)
	lw	A, 0(a0)
	lw	B, 4(a0)
	lw	C, 8(a0)
	lw	D, 12(a0)
	lw	E, 16(a0)
	lw	F, 20(a0)
	lw	G, 24(a0)
	lw	H, 28(a0)
	lla	CONSTANTS, sha256_riscv64_constants
2:	load_words 0, W0, W1
	load_words 8, W2, W3
	load_words 16, W4, W5
	load_words 24, W6, W7
	load_words 32, W8, W9
	load_words 40, W10, W11
	load_words 48, W12, W13
	load_words 56, W14, W15
	addi	BLOCK, BLOCK, 64
	sd	BLOCK, FRAME_BLOCK(sp)
	xor	WORK_0, B, C
	sixteen_rounds 0, 0
	sixteen_rounds 1, 64
	sixteen_rounds 1, 128
	sixteen_rounds 1, 192
	ld	WORK_2, FRAME_STATE(sp)
	add_state 0, A, B
	add_state 8, C, D
	add_state 16, E, F
	add_state 24, G, H
	ld	BLOCK, FRAME_BLOCK(sp)
	ld	WORK_0, FRAME_END(sp)
	beq	BLOCK, WORK_0, 3f	/* the other way round is too far */
	j	2b
3:	save_registers ld
	addi	sp, sp, FRAME_SIZE
	ret
	.size	\name, . - \name

	.section .note.GNU-stack, "", %progbits
	.endm
