/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SHA-256 with Zvknha or Zvknhb, and Zvkb, two messages at once: each is one element group of every
 * register group, which is two registers where VLEN is 128, and one from 256 on. 1.0 instructions a
 * byte, and two chains of rounds, neither of which waits for the other.
 *
 *     void sha256_riscv64_zvknh_x2(uint32_t states[2][8], const void *const blocks[2],
 *                                  size_t count);
 *
 * A message has 16 bytes here and 16 there: the elements of the other one are masked off while they
 * are loaded, and so are never accessed.
 *
 * Registers:
 *   a0         states    a1  block of the first message     a2  the end of its blocks
 *   a3         16 bytes before the block of the second message
 *   t0         order of the state     t1  states + 8
 *   t2, t3, t4 masks of the first group, the second one, and the first word of each
 *   t5         constants from v22 on, and behind them those that no register is left for
 *   t6         the next of the latter
 *   v0         mask, v1 with it
 *   v2-v8      16 words of the schedule
 *   v10, v12   the states: f, e, b, a and h, g, d, c
 *   v14, v16   the states before the block
 *   v18        words and constants     v20  work
 *   v22-v30    the first constants
 */
#include "sha256_zvknh.h"

#define WORDS_0 2
#define WORDS_1 4
#define WORDS_2 6
#define WORDS_3 8
#define STATE_0 10
#define STATE_1 12
#define SUM	18
#define WORK	20

#define MASK_FIRST  0x0f
#define MASK_SECOND 0xf0
#define MASK_WORD   0x11

	.macro	load_words block
	.irp	words, WORDS_0, WORDS_1, WORDS_2, WORDS_3
	vle32.v v\words, (\block), v0.t
	addi	\block, \block, 16
	.endr
	.endm

	.macro	four_rounds made, constants, words, words_4, words_8, words_12
	.if	\constants
	vadd.vv v18, v\constants, v\words
	.else
	vle32.v	v18, (t6)
	addi	t6, t6, 32
	vadd.vv	v18, v18, v\words
	.endif
	.if	\made
	make_words \words, \words_4, \words_8, \words_12, WORK
	.endif
	rounds	SUM, STATE_0, STATE_1
	.endm

	/* Constants are those in the register, 0: the next ones in memory. With the words in use,
	 * those of sixteen rounds later are made where made is 1. */
	.macro	sixteen_rounds made, first=0, second=0, third=0, fourth=0
	four_rounds \made, \first, WORDS_0, WORDS_1, WORDS_2, WORDS_3
	four_rounds \made, \second, WORDS_1, WORDS_2, WORDS_3, WORDS_0
	four_rounds \made, \third, WORDS_2, WORDS_3, WORDS_0, WORDS_1
	four_rounds \made, \fourth, WORDS_3, WORDS_0, WORDS_1, WORDS_2
	.endm

	.option	norelax
	.text
	.global	sha256_riscv64_zvknh_x2
	.type	sha256_riscv64_zvknh_x2, %function
	.balign	4
sha256_riscv64_zvknh_x2:
	beqz	a2, 3f
	ld	a3, 8(a1)
	ld	a1, 0(a1)
	slli	a2, a2, 6
	add	a2, a2, a1
	addi	a3, a3, -16
	li	t2, MASK_FIRST
	li	t3, MASK_SECOND
	li	t4, MASK_WORD
	csrw	vstart, zero
	/* Elements that are masked off keep what they are. */
	vsetivli t5, 8, e32, m1, ta, mu
	addi	t5, t5, -8
	beqz	t5, 1f
	vsetivli zero, 8, e32, m2, ta, mu
1:	lla	t5, sha256_riscv64_constants_x2
	.irp	constants, 22, 24, 26, 28, 30
	vle32.v	v\constants, (t5)
	addi	t5, t5, 32
	.endr
	lla	t0, sha256_riscv64_state_order
	vle8.v	v20, (t0)
	addi	t1, a0, 8
	vluxei8.v v10, (a0), v20
	vluxei8.v v12, (t1), v20
2:	vmv.s.x	v0, t2
	load_words a1
	vmv.s.x	v0, t3
	load_words a3
	vmv.s.x	v0, t4
	vrev8	WORDS_0, WORDS_0
	vrev8	WORDS_1, WORDS_1
	vrev8	WORDS_2, WORDS_2
	vrev8	WORDS_3, WORDS_3
	vmv.v.v	v14, v10
	vmv.v.v	v16, v12
	mv	t6, t5
	sixteen_rounds 1, 22, 24, 26, 28
	sixteen_rounds 1, 30
	sixteen_rounds 1
	sixteen_rounds 0
	vadd.vv	v10, v10, v14
	vadd.vv	v12, v12, v16
	bne	a1, a2, 2b
	vle8.v	v20, (t0)
	vsuxei8.v v10, (a0), v20
	vsuxei8.v v12, (t1), v20
3:	ret
	.size	sha256_riscv64_zvknh_x2, . - sha256_riscv64_zvknh_x2

	.section .note.GNU-stack, "", %progbits
