/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trying an engine of SHA-256 whose instructions the CPU may lack.
 *
 *     enum engine_verdict arch_try_engine(enum sha256_engine engine);
 *
 * All that C expects to be kept is on the stack, and TPIDR_EL1 says where (vectors.S), so that from
 * anywhere in engine_test() there is a way back. The halves of v8 to v15 that C expects to be kept
 * are not saved: purgatory's C code does not use SIMD.
 *
 * Called with TPIDR_EL1 = 0, in any state in which there is a stack.
 */
#define FRAME_SIZE 96

	.text
	.global	arch_try_engine
	.type	arch_try_engine, %function
	.balign	4
arch_try_engine:
	stp	x29, x30, [sp, #-FRAME_SIZE]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	mov	x9, sp
	msr	tpidr_el1, x9
	bl	engine_test
1:	msr	tpidr_el1, xzr
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp], #FRAME_SIZE
	ret

	/* Where vectors.S returns to, with SP as it was when TPIDR_EL1 was written. */
	.global	arm64_engine_missing
arm64_engine_missing:
	mov	w0, wzr				/* ENGINE_MISSING */
	b	1b
	.size	arch_try_engine, . - arch_try_engine

	.section .note.GNU-stack, "", %progbits
