/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Code that the test puts over an engine that is not in use and that runs on the other CPUs in place of
 * cpus_work(), with x0 = the index: what a CPU may do instead of its work. Most of them take a chunk
 * first, as cpus_work() does. The test writes cpu_target, the address of cpus_work(), cpu_shared,
 * that of what the CPUs share, and cpu_damage, that of a byte to damage.
 */
#define LINE_BITS 7
#define WORKING	  2
#define LEFT	  3
#define DIGESTS	  2048
#define STACK	  8192

	/* x9: the CPU's line, x10: the chunk that it takes. */
	.macro	take
	ldr	x11, cpu_shared
	add	x9, x11, x0, lsl #LINE_BITS
	add	x9, x9, #1 << LINE_BITS
	mov	w10, #WORKING
	stlr	w10, [x9]
1:	ldxr	x10, [x11]
	add	x12, x10, #1
	stxr	w13, x12, [x11]
	cbnz	w13, 1b
	.endm

	.macro	leave
	mov	w10, #LEFT
	stlr	w10, [x9]
	ret
	.endm

	.text

	/* Half a second later. */
	.global	cpu_late
cpu_late:
	mrs	x9, cntfrq_el0
	mrs	x10, cntvct_el0
	add	x10, x10, x9, lsr #1
1:	mrs	x9, cntvct_el0
	cmp	x9, x10
	b.lo	1b
	ldr	x9, cpu_target
	br	x9

	/* After its work, at EL1, with the MMU off for one store, past the caches that QEMU does not have. */
	.global	cpu_damages
cpu_damages:
	mov	x28, x30
	ldr	x9, cpu_target
	blr	x9
	ldr	x9, cpu_damage
	mrs	x10, sctlr_el1
	bic	x11, x10, #1
	msr	sctlr_el1, x11
	isb
	strb	wzr, [x9]
	dsb	sy
	msr	sctlr_el1, x10
	isb
	ret	x28

	.global	cpu_sleeps
cpu_sleeps:
	wfi
	b	cpu_sleeps

	.global	cpu_hangs
cpu_hangs:
	take
	b	cpu_sleeps

	.global	cpu_traps
cpu_traps:
	take
	udf	#0

	.global	cpu_overflows
cpu_overflows:
	take
	sub	x9, sp, #STACK
	str	xzr, [x9, #-8]
	b	cpu_sleeps

	.global	cpu_loses
cpu_loses:
	take
	leave

	.global	cpu_lies
cpu_lies:
	take
	add	x11, x11, #DIGESTS
	add	x11, x11, x10, lsl #5
	stp	x9, x10, [x11]
	stp	x11, x12, [x11, #16]
	leave

	/* A stage that there is not. */
	.global	cpu_babbles
cpu_babbles:
	take
	mov	w10, #77
	stlr	w10, [x9]
	b	cpu_sleeps

	.balign	8
	.global	cpu_target
cpu_target:
	.quad	0
	.global	cpu_shared
cpu_shared:
	.quad	0
	.global	cpu_damage
cpu_damage:
	.quad	0

	.section .note.GNU-stack, "", %progbits
