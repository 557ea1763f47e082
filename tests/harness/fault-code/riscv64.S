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

	/* A counter that is far ahead for four reads of eight. The word at the target counts the reads. */
	.global	counter_ahead
counter_ahead:
	ld	t0, target
	ld	t1, 0(t0)
	addi	t1, t1, 1
	sd	t1, 0(t0)
	rdtime	a0
	andi	t1, t1, 4
	bnez	t1, 1f
	li	t1, -1
	srli	t1, t1, 8
	or	a0, a0, t1
1:	ret

	/* One that counts down. */
	.global	counter_backwards
counter_backwards:
	rdtime	a0
	neg	a0, a0
	ret

	/* One that stands still, with the lowest bits as where purgatory reads once more. */
	.global	counter_stands
counter_stands:
	li	a0, -1
	ret

	.balign	8
	.global	target
target:
	.quad	0

	.section .note.GNU-stack, "", %progbits
