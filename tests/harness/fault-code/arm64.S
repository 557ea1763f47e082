/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Code that the test puts behind purgatory's own and that runs instead of a read of the counter:
 * each does what purgatory never does. The report of a fault wants the counter too, and gets it:
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

	.balign	8
	.global	target
target:
	.quad	0

	.section .note.GNU-stack, "", %progbits
