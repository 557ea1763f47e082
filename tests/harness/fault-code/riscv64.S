/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Code that the test puts into purgatory, over what is not in use, and that runs instead of a read of the counter:
 * each does what purgatory never does. The report of a fault wants the counter too, and gets it:
 * sscratch says how many traps were taken. `target` is an address that the test writes.
 */
	.macro	fault name
	.balign	4
	.global	fault_\name
fault_\name:
	csrr	t0, sscratch
	bnez	t0, counter
	ld	t0, target
	.global	fault_\name\()_at
fault_\name\()_at:
	.endm

	.option	norelax
	.text

	fault	undefined
	.word	0

	fault	breakpoint
	ebreak

	fault	load
	ld	t0, 0(t0)
	j	counter

	fault	store
	sd	t0, 0(t0)
	j	counter

	/* A load-reserved must be aligned. */
	fault	misaligned
	lr.d	t0, (t0)
	j	counter

	fault	fetch
	jr	t0

counter:
	rdtime	a0
	ret

	.balign	8
	.global	target
target:
	.quad	0

	.section .note.GNU-stack, "", %progbits
