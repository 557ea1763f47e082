/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trying an engine of SHA-256 whose instructions the CPU may lack.
 *
 *     enum engine_verdict arch_try_engine(enum sha256_engine engine);
 *
 * All that C expects to be kept is on the stack, and sscratch says where (trap.S), so that from
 * anywhere in engine_test() there is a way back.
 *
 * Called with sscratch = 0, in any state.
 */
#define FRAME_SIZE 112

	/* sd or ld of all of it. */
	.macro	access_frame instruction
	\instruction ra, 0(sp)
	\instruction s0, 8(sp)
	\instruction s1, 16(sp)
	\instruction s2, 24(sp)
	\instruction s3, 32(sp)
	\instruction s4, 40(sp)
	\instruction s5, 48(sp)
	\instruction s6, 56(sp)
	\instruction s7, 64(sp)
	\instruction s8, 72(sp)
	\instruction s9, 80(sp)
	\instruction s10, 88(sp)
	\instruction s11, 96(sp)
	.endm

	.option	norelax
	.text
	.global	arch_try_engine
	.type	arch_try_engine, %function
	.balign	4
arch_try_engine:
	addi	sp, sp, -FRAME_SIZE
	access_frame sd
	csrw	sscratch, sp
	call	engine_test
1:	csrw	sscratch, zero
	access_frame ld
	addi	sp, sp, FRAME_SIZE
	ret

	/* Where trap.S returns to, with sp as it was when sscratch was written. */
	.global	riscv64_engine_missing
riscv64_engine_missing:
	li	a0, 0		/* ENGINE_MISSING */
	j	1b
	.size	arch_try_engine, . - arch_try_engine

	.section .note.GNU-stack, "", %progbits
