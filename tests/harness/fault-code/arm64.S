/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Code that the test puts into purgatory, over what is not in use, and that runs instead of a read of the counter.
 * Each fault_ does what purgatory never does. The report of a fault wants the counter too, and gets it:
 * TPIDR_EL1 says how many exceptions were taken. `target` is an address that the test writes.
 */
	.macro	fault name
	.balign	4
	.global	fault_\name
fault_\name:
	mrs	x9, tpidr_el1
	cbnz	x9, counter
	ldr	x9, target
	.global	fault_\name\()_at
fault_\name\()_at:
	.endm

	.text

	fault	undefined
	udf	#0

	fault	breakpoint
	brk	#0

	fault	load
	ldr	x9, [x9]
	b	counter

	fault	store
	str	x9, [x9]
	b	counter

	/* A load-acquire must be aligned, whatever the memory is. */
	fault	misaligned
	ldaxr	x9, [x9]
	b	counter

	fault	fetch
	br	x9

counter:
	mrs	x0, cntvct_el0
	ret

	/*
	 * A counter that is far ahead for four reads of eight, as Allwinner's A64 may be while it
	 * carries. CONTEXTIDR_EL1, which purgatory does not use, counts the reads.
	 */
	.global	counter_ahead
counter_ahead:
	mrs	x9, contextidr_el1
	add	x9, x9, #1
	msr	contextidr_el1, x9
	mrs	x0, cntvct_el0
	tbnz	x9, #2, 1f
	orr	x0, x0, #0x00ffffffffffffff
1:	ret

	/* One that counts down. */
	.global	counter_backwards
counter_backwards:
	mrs	x0, cntvct_el0
	neg	x0, x0
	ret

	/* One that stands still, with the lowest bits as where Allwinner's carries. */
	.global	counter_stands
counter_stands:
	mov	x0, #-1
	ret

	.balign	8
	.global	target
target:
	.quad	0

	.section .note.GNU-stack, "", %progbits
