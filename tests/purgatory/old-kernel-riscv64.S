/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stands for the old kernel: firmware enters it in S-mode, and so does it enter purgatory, with
 * arbitrary values in all registers. a0 among them: purgatory only passes the hart ID on.
 *
 * What the test patches:
 *   old_kernel_variant  0: by a jump, 1: by a trap with stvec = purgatory_start, as the kernel does
 *                       after a crash, 2: by a jump with a map of its own
 *   old_kernel_mode     that map's satp.MODE, 8 to 10
 *   old_kernel_offset   and where it has the machine's first GiB of RAM: virtual minus physical
 *                       address. Nothing else is mapped.
 */
#define HART	 7
#define RAM	 0x80000000
#define PTE_V	 0x01
#define PTE_LEAF 0xef	/* V, R, W, X, G, A, D */

	.option	norelax
	.section .text.old_kernel, "ax", %progbits
	.global	old_kernel_start
old_kernel_start:
	li	a0, HART
	li	sp, 0x1111
	li	gp, 0x2222
	li	s0, 0x3333
	lla	t0, purgatory_start
	lw	t1, old_kernel_variant
	li	t2, 1
	beq	t1, t2, by_trap
	bgtu	t1, t2, by_map
	jr	t0

by_trap:
	csrw	stvec, t0
	ebreak

/*
 * One entry in each table, the last of 1 GiB.
 *   t0  purgatory_start, virtual   t1  virtual address of RAM   t2  entry of a table below
 *   t3  table                      t4  shift of its index       t5  its entry
 */
by_map:
	li	t1, RAM
	ld	t2, old_kernel_offset
	add	t0, t0, t2
	add	t1, t1, t2
	lla	t3, old_kernel_tables
	lw	t4, old_kernel_mode
	slli	t5, t4, 60
	srli	t2, t3, 12
	or	s1, t5, t2		/* for satp */
	addi	t4, t4, -6
	slli	t2, t4, 3
	add	t4, t4, t2
	addi	t4, t4, 12		/* 12 + 9 * level of the root */
1:	srl	t5, t1, t4
	andi	t5, t5, 511
	slli	t5, t5, 3
	add	t5, t5, t3
	addi	t4, t4, -9
	li	t2, 12 + 9
	beq	t4, t2, 2f
	li	t2, 4096
	add	t3, t3, t2
	srli	t2, t3, 12 - 10
	ori	t2, t2, PTE_V
	sd	t2, 0(t5)
	j	1b
2:	li	t2, RAM >> (12 - 10)
	ori	t2, t2, PTE_LEAF
	sd	t2, 0(t5)
	/* Unless the map has this address too, the fetch after the write faults, and gets there. */
	csrw	stvec, t0
	sfence.vma
	csrw	satp, s1
	jr	t0

/*
 * Where the test makes purgatory go wrong: load from, store to or jump to provoke_address, or do
 * what no hart can.
 */
	.macro	provoke name:vararg
	.global	provoke_\name
provoke_\name:
	ld	t0, provoke_address
	.endm

	.balign	4
	provoke	load
	ld	t1, 0(t0)
	provoke	store
	sd	zero, 0(t0)
	provoke	jump
	jr	t0
	provoke	illegal
	.word	0
	provoke	breakpoint
	ebreak

	.macro	patched name:vararg
	.balign	8
	.global	\name
	.type	\name, %object
\name:	.quad	0
	.size	\name, 8
	.endm

	patched	old_kernel_variant
	patched	old_kernel_mode
	patched	old_kernel_offset
	patched	provoke_address

	.section .bss.old_kernel, "aw", %nobits
	.balign	4096
old_kernel_tables:
	.skip	3 * 4096

	.section .note.GNU-stack, "", %progbits
