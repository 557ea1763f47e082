/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SHA-256 with Zvknha or Zvknhb, and Zvkb, one message, any VLEN from 128 on: 1.4 instructions a
 * byte.
 *
 *     void sha256_riscv64_zvknh(uint32_t state[8], const void *blocks, size_t count);
 *
 * Registers:
 *   a0         state     a1  block     a2  end of the blocks
 *   v0         which words are the first of their group
 *   v1-v4      16 words of the schedule
 *   v5, v6     the state: f, e, b, a and h, g, d, c
 *   v7, v8     the state before the block
 *   v9         words and constants     v10  work
 *   v16-v31    the constants
 */
#include "sha256_zvknh.h"

#define WORDS_0 1
#define WORDS_1 2
#define WORDS_2 3
#define WORDS_3 4
#define STATE_0 5
#define STATE_1 6
#define SUM	9
#define WORK	10

	.macro	load_words words
	vle32.v v\words, (a1)
	addi	a1, a1, 16
	vrev8	\words, \words
	.endm

	.macro	load_constants first, second, third, fourth
	.irp	constants, \first, \second, \third, \fourth
	vle32.v	v\constants, (t0)
	addi	t0, t0, 16
	.endr
	.endm

	.macro	four_rounds made, constants, words, words_4, words_8, words_12
	vadd.vv v9, v\constants, v\words
	.if	\made
	make_words \words, \words_4, \words_8, \words_12, WORK
	.endif
	rounds	SUM, STATE_0, STATE_1
	.endm

	/* With the words in use, those of sixteen rounds later are made where made is 1. */
	.macro	sixteen_rounds made, first, second, third, fourth
	four_rounds \made, \first, WORDS_0, WORDS_1, WORDS_2, WORDS_3
	four_rounds \made, \second, WORDS_1, WORDS_2, WORDS_3, WORDS_0
	four_rounds \made, \third, WORDS_2, WORDS_3, WORDS_0, WORDS_1
	four_rounds \made, \fourth, WORDS_3, WORDS_0, WORDS_1, WORDS_2
	.endm

	.option	norelax
	.text
	.global	sha256_riscv64_zvknh
	.type	sha256_riscv64_zvknh, %function
	.balign	4
sha256_riscv64_zvknh:
	beqz	a2, 2f
	slli	a2, a2, 6
	add	a2, a2, a1
	csrw	vstart, zero
	vsetivli zero, 4, e32, m1, ta, ma
	vmv.v.i	v0, 1
	lla	t0, sha256_riscv64_constants
	load_constants 16, 17, 18, 19
	load_constants 20, 21, 22, 23
	load_constants 24, 25, 26, 27
	load_constants 28, 29, 30, 31
	lla	t0, sha256_riscv64_state_order
	vle8.v	v10, (t0)
	addi	t1, a0, 8
	vluxei8.v v5, (a0), v10
	vluxei8.v v6, (t1), v10
1:	load_words WORDS_0
	load_words WORDS_1
	load_words WORDS_2
	load_words WORDS_3
	vmv.v.v	v7, v5
	vmv.v.v	v8, v6
	sixteen_rounds 1, 16, 17, 18, 19
	sixteen_rounds 1, 20, 21, 22, 23
	sixteen_rounds 1, 24, 25, 26, 27
	sixteen_rounds 0, 28, 29, 30, 31
	vadd.vv	v5, v5, v7
	vadd.vv	v6, v6, v8
	bne	a1, a2, 1b
	vle8.v	v10, (t0)
	vsuxei8.v v5, (a0), v10
	vsuxei8.v v6, (t1), v10
2:	ret
	.size	sha256_riscv64_zvknh, . - sha256_riscv64_zvknh

	.section .note.GNU-stack, "", %progbits
