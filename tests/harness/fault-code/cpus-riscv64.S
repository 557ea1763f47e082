/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Code that the test puts over an engine that is not in use and that runs on the other harts in place of
 * cpus_work(), with a0 = the index: what a hart may do instead of its work. Most of them take a chunk
 * first, as cpus_work() does. The test writes cpu_target, the address of cpus_work(), cpu_shared,
 * that of what the harts share, and cpu_damage, that of a byte to damage.
 */
#define LINE_BITS 7
#define WORKING	  2
#define LEFT	  3
#define DIGESTS	  2048
#define STACK	  8192

	/* t1: the hart's line, t2: the chunk that it takes. */
	.macro	take
	ld	t3, cpu_shared
	addi	t1, a0, 1
	slli	t1, t1, LINE_BITS
	add	t1, t1, t3
	li	t2, WORKING
	fence	rw, w
	sw	t2, 0(t1)
	li	t4, 1
	amoadd.d t2, t4, (t3)
	.endm

	.macro	leave
	li	t2, LEFT
	fence	rw, w
	sw	t2, 0(t1)
	ret
	.endm

	.option	norelax
	.text

	/* Half a second later: the counter of QEMU's virt has 10 MHz. */
	.global	cpu_late
cpu_late:
	li	t1, 5000000
	rdtime	t2
	add	t1, t1, t2
1:	rdtime	t2
	bltu	t2, t1, 1b
	ld	t1, cpu_target
	jr	t1

	/* After its work, with satp = 0 for one store. */
	.global	cpu_damages
cpu_damages:
	mv	s1, ra
	ld	t1, cpu_target
	jalr	t1
	ld	t1, cpu_damage
	csrrw	t2, satp, zero
	sfence.vma
	sb	zero, 0(t1)
	csrw	satp, t2
	sfence.vma
	jr	s1

	.global	cpu_sleeps
cpu_sleeps:
	wfi
	j	cpu_sleeps

	.global	cpu_hangs
cpu_hangs:
	take
	j	cpu_sleeps

	.global	cpu_traps
cpu_traps:
	take
	.word	0

	.global	cpu_overflows
cpu_overflows:
	take
	li	t4, STACK + 8
	sub	t4, sp, t4
	sd	zero, 0(t4)
	j	cpu_sleeps

	.global	cpu_loses
cpu_loses:
	take
	leave

	.global	cpu_lies
cpu_lies:
	take
	slli	t4, t2, 5
	add	t3, t3, t4
	li	t4, DIGESTS
	add	t3, t3, t4
	sd	t1, 0(t3)
	sd	t2, 8(t3)
	sd	t3, 16(t3)
	sd	t4, 24(t3)
	leave

	/* A stage that there is not. */
	.global	cpu_babbles
cpu_babbles:
	take
	li	t2, 77
	fence	rw, w
	sw	t2, 0(t1)
	j	cpu_sleeps

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
