/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exceptions on arm64. Each entry goes to one place with its number, and that to arm64_fault(). It
 * may come in every state that entry.S knows, before and after our tables are in force, so the MMU
 * is turned off first, because the console is certainly there only without a map.
 *
 * Two are expected, and purgatory returns from them: that of a SHA-256 engine whose instructions
 * the CPU lacks, while arch_try_engine() tries it, and that of a single instruction in a trial
 * (begin_trial), which is skipped.
 *
 * Those of the next kernel come here until it has vectors of its own. They are reported as its own.
 *
 * Registers from there:
 *   x20, x21  regime, and virtual minus physical address, as in entry.S; found again, because C
 *             code has other uses for them
 *   x22  number of the vector
 *   x23  ESR_ELx   x24  FAR_ELx   x25  ELR_ELx
 *   x26  TPIDR_EL1, counted up: how many faults there were. A register, because memory or the
 *        console may be what faults. At EL2 nobody else uses it either. TRIAL_SKIP in a trial;
 *        while arch_try_engine() is at work what SP must be to come back there. Both are more than
 *        any count.
 */
#include "registers.h"
#include "stop.h"

	.text
	.balign	2048
	.global	purgatory_vectors
purgatory_vectors:			/* any state */
	.irp	number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	.balign	128
	mov	x22, #\number
	b	take_exception
	.endr

/* In force for some instructions of arm64_mmu_off(), where an exception is the way to go on. */
	.balign	2048
	.global	arm64_landing_vectors
arm64_landing_vectors:			/* off */
	.rept	16
	.balign	128
	b	arm64_landed
	.endr

	.balign	128
	.type	take_exception, %function
take_exception:				/* any state */
	msr	daifset, #0xf
	find_regime x20
	read_el	x23, esr
	mrs	x26, tpidr_el0
	bic	x9, x26, #ISR_A | ISR_MISSING
	cmp	x9, #NEXT_KERNEL_RUNS
	b.eq	next_kernel_faults
	mrs	x26, tpidr_el1
	cbz	x26, engine_faults
	cmp	x26, #FAULT_COUNT_MAX
	b.ls	arm64_reset_again
	cmp	x22, #VECTOR_SYNCHRONOUS
	b.ne	engine_faults
	ubfx	x9, x23, #ESR_EC_BIT, #ESR_EC_WIDTH
	ldr	x10, =ESR_EC_MISSING
	lsr	x10, x10, x9
	tbz	x10, #0, engine_faults
	cmp	x26, #TRIAL_SKIP
	b.eq	skip_instruction
	mov	sp, x26
	adr	x9, arm64_engine_missing
	write_el elr, x9
	eret
skip_instruction:
	read_el	x9, elr
	add	x9, x9, #4
	write_el elr, x9
	mov	x26, #TCR2_UNTOUCHED
	eret
next_kernel_faults:			/* TPIDR_EL1 may be the next kernel's already */
	orr	x26, x26, #NEXT_KERNEL_FAULTS
	msr	tpidr_el0, x26
engine_faults:				/* it is an exception as all others */
	mrs	x24, tpidr_el0
	tbz	x24, #STARTED_BIT, 1f
	ldr	w9, purgatory_cpus_count	/* the bit is nonsense where the code does not exist */
	cbz	w9, 1f
	b	arm64_cpu_faults
1:	read_el	x24, far
	read_el	x25, elr

/* entry.S comes here with what it finds: x22 to x25 say what. Any state, x20 set. */
	.global	arm64_take_damage
arm64_take_damage:
	mov	x26, #1
	msr	tpidr_el1, x26
	bl	arm64_find_line_size		/* the next kernel may have changed it */
	cmp	x22, #DAMAGE_SELF
	b.ne	1f
	bl	arm64_clean_image		/* all of it may be in the old kernel's caches alone */
1:	find_physical x0, x1
	adr	x21, purgatory_start
	sub	x21, x21, x0
	bl	arm64_mmu_off
	cmp	x22, #DAMAGE_SELF
	b.ne	1f
	adr	x0, purgatory_start		/* from now on a fault resets */
	write_el vbar, x0
	isb
1:	bl	arm64_clean_stack		/* whatever was on it is of no use any more */
	adr	x0, purgatory_stack_top
	mov	sp, x0
	mov	x29, xzr
	mov	x0, x22
	mov	x1, x23
	mov	x2, x24
	mov	x3, x25
	bl	arm64_fault
	b	arm64_reset_again		/* it does not return */
	.size	take_exception, . - take_exception

	.section .note.GNU-stack, "", %progbits
