/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SHA-256 with the vectors of V alone, one message in each lane of 32 bits: as many as a register
 * has, 4 where VLEN is 128, and at most 8. 3500 vector instructions take in a block of each: 6.8 a
 * byte with 8 lanes.
 *
 *     unsigned int sha256_riscv64_rvv_lanes(void);
 *     void sha256_riscv64_rvv(uint32_t states[][8], const void *const blocks[], size_t count);
 *
 * What is computed side by side alternates, for cores that start instructions in order. The two halves
 * of a rotation have no bit in common, so an addition joins them as an XOR or an OR would. Some cores
 * add at twice the rate of logic (docs/engines.md).
 *
 * Registers:
 *   a0        states     a1  addresses of the blocks     a2  blocks left
 *   t0        constants  t1  the end of those whose rounds make words     t2  a constant
 *   v0-v15    the 16 words of the schedule, word i in the place of word i - 16
 *   v16-v23   a to h
 *   v24, v25  the blocks' addresses, a register group
 *   v26, v27  in turn: a ^ b of the round before, which is b ^ c of this one, and work
 *   v28-v31   work
 */
#define LANES_MAX  8 /* SHA256_LANES_MAX */
#define BLOCK_SIZE 64

#define A v16
#define B v17
#define C v18
#define D v19
#define E v20
#define F v21
#define G v22
#define H v23

	/* The round with the constant at that offset. both: b ^ c, in which a ^ b is left in next;
	 * nothing of use is left in both. */
	.macro	round offset, a, b, c, d, e, f, g, h, both, next, word
	lw	t2, \offset(t0)
	vsrl.vi	v28, \e, 6
	vxor.vv	\next, \f, \g
	vsll.vi	v29, \e, 26
	vadd.vx	\h, \h, t2
	vsrl.vi	v30, \e, 11
	vand.vv	\next, \next, \e
	vsll.vi	v31, \e, 21
	vadd.vv	v28, v28, v29
	vadd.vv	\h, \h, \word
	vsrl.vi	v29, \e, 25
	vxor.vv	\next, \next, \g
	vadd.vv	v30, v30, v31
	vsll.vi	v31, \e, 7
	vadd.vv	\h, \h, \next
	vxor.vv	v28, v28, v30
	vsrl.vi	v30, \a, 2
	vadd.vv	v29, v29, v31
	vsll.vi	v31, \a, 30
	vxor.vv	\next, \a, \b
	vxor.vv	v28, v28, v29
	vsrl.vi	v29, \a, 13
	vadd.vv	v30, v30, v31
	vand.vv	\both, \both, \next
	vsll.vi	v31, \a, 19
	vadd.vv	\h, \h, v28
	vsrl.vi	v28, \a, 22
	vxor.vv	\both, \both, \b
	vadd.vv	v29, v29, v31
	vsll.vi	v31, \a, 10
	vadd.vv	\d, \d, \h
	vxor.vv	v30, v30, v29
	vadd.vv	v28, v28, v31
	vadd.vv	\h, \h, \both
	vxor.vv	v30, v30, v28
	vadd.vv	\h, \h, v30
	.endm

	/* In the place of word 0 word 16, from 1, 9 and 14. */
	.macro	make_word word, word_1, word_9, word_14, work
	vsrl.vi	v28, \word_1, 7
	vsll.vi	v29, \word_1, 25
	vsrl.vi	v30, \word_1, 18
	vsll.vi	v31, \word_1, 14
	vadd.vv	\word, \word, \word_9
	vadd.vv	v28, v28, v29
	vsrl.vi	\work, \word_14, 17
	vadd.vv	v30, v30, v31
	vsll.vi	v29, \word_14, 15
	vsrl.vi	v31, \word_1, 3
	vxor.vv	v28, v28, v30
	vadd.vv	\work, \work, v29
	vsrl.vi	v30, \word_14, 19
	vsll.vi	v29, \word_14, 13
	vxor.vv	v28, v28, v31
	vsrl.vi	v31, \word_14, 10
	vadd.vv	v30, v30, v29
	vadd.vv	\word, \word, v28
	vxor.vv	\work, \work, v31
	vxor.vv	\work, \work, v30
	vadd.vv	\word, \word, \work
	.endm

	/* After the round its word is no longer needed: where made is 1, that of sixteen rounds later
	 * takes its place. */
	.macro	step made, offset, a, b, c, d, e, f, g, h, both, next, word, word_1, word_9, word_14
	round	\offset, \a, \b, \c, \d, \e, \f, \g, \h, \both, \next, \word
	.if	\made
	make_word \word, \word_1, \word_9, \word_14, \both
	.endif
	.endm

	/* After eight rounds every variable has its own register again. */
	.macro	sixteen_rounds made
	step	\made, 0, A, B, C, D, E, F, G, H, v26, v27, v0, v1, v9, v14
	step	\made, 4, H, A, B, C, D, E, F, G, v27, v26, v1, v2, v10, v15
	step	\made, 8, G, H, A, B, C, D, E, F, v26, v27, v2, v3, v11, v0
	step	\made, 12, F, G, H, A, B, C, D, E, v27, v26, v3, v4, v12, v1
	step	\made, 16, E, F, G, H, A, B, C, D, v26, v27, v4, v5, v13, v2
	step	\made, 20, D, E, F, G, H, A, B, C, v27, v26, v5, v6, v14, v3
	step	\made, 24, C, D, E, F, G, H, A, B, v26, v27, v6, v7, v15, v4
	step	\made, 28, B, C, D, E, F, G, H, A, v27, v26, v7, v8, v0, v5
	step	\made, 32, A, B, C, D, E, F, G, H, v26, v27, v8, v9, v1, v6
	step	\made, 36, H, A, B, C, D, E, F, G, v27, v26, v9, v10, v2, v7
	step	\made, 40, G, H, A, B, C, D, E, F, v26, v27, v10, v11, v3, v8
	step	\made, 44, F, G, H, A, B, C, D, E, v27, v26, v11, v12, v4, v9
	step	\made, 48, E, F, G, H, A, B, C, D, v26, v27, v12, v13, v5, v10
	step	\made, 52, D, E, F, G, H, A, B, C, v27, v26, v13, v14, v6, v11
	step	\made, 56, C, D, E, F, G, H, A, B, v26, v27, v14, v15, v7, v12
	step	\made, 60, B, C, D, E, F, G, H, A, v27, v26, v15, v0, v8, v13
	.endm

	/* Swap what lies so many bits apart in all elements of all words. */
	.macro	swap distance
	.irp	word, v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15
	vsrl.vi	v28, \word, \distance
	vsll.vi	\word, \word, \distance
	vadd.vv	\word, \word, v28
	.endr
	.endm

	.option	norelax
	.text
	/* The count of lanes; leaves elements of 32 bits, one of each message. */
	.global	sha256_riscv64_rvv_lanes
	.type	sha256_riscv64_rvv_lanes, %function
	.balign	4
sha256_riscv64_rvv_lanes:
	csrw	vstart, zero
	vsetivli a0, LANES_MAX, e32, m1, ta, ma
	ret
	.size	sha256_riscv64_rvv_lanes, . - sha256_riscv64_rvv_lanes

	.global	sha256_riscv64_rvv
	.type	sha256_riscv64_rvv, %function
	.balign	4
sha256_riscv64_rvv:
	bnez	a2, 1f
	ret
1:	csrw	vstart, zero
	vsetivli t3, LANES_MAX, e32, m1, ta, ma
	slli	t4, t3, 1		/* elements of 16 bits in all lanes */
	li	t5, 32
	li	t6, BLOCK_SIZE
	vle64.v	v24, (a1)
	vlseg8e32.v v16, (a0)
2:	vluxseg8ei64.v v0, (zero), v24
	vluxseg8ei64.v v8, (t5), v24
	vsetvli	zero, t4, e16, m1, ta, ma
	swap	8
	vsetvli	zero, t3, e32, m1, ta, ma
	swap	16
	lla	t0, sha256_riscv64_constants
	addi	t1, t0, 3 * BLOCK_SIZE
	vxor.vv	v26, B, C
3:	sixteen_rounds 1
	addi	t0, t0, BLOCK_SIZE
	beq	t0, t1, 4f		/* the other way round is too far */
	j	3b
4:	sixteen_rounds 0
	vlseg8e32.v v0, (a0)
	vadd.vv	A, A, v0
	vadd.vv	B, B, v1
	vadd.vv	C, C, v2
	vadd.vv	D, D, v3
	vadd.vv	E, E, v4
	vadd.vv	F, F, v5
	vadd.vv	G, G, v6
	vadd.vv	H, H, v7
	vsseg8e32.v v16, (a0)
	vsetvli	zero, t3, e64, m2, ta, ma
	vadd.vx	v24, v24, t6
	vsetvli	zero, t3, e32, m1, ta, ma
	addi	a2, a2, -1
	beqz	a2, 5f
	j	2b
5:	ret
	.size	sha256_riscv64_rvv, . - sha256_riscv64_rvv

	.section .note.GNU-stack, "", %progbits
