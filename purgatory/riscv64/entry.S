/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The way in and the way out on riscv64.
 *
 * Entered at purgatory_start by the old kernel, in S-mode, with a0 = hart ID and a1 = its idea of
 * the device tree, which the patched symbol replaces, in one of three states:
 *   physical    satp = 0, PC is the physical address;
 *   identity    satp on, PC is the physical address all the same;
 *   kernel VA   satp on, PC is virtual. The old kernel's map has all of purgatory and the page
 *               tables there as far apart as in physical memory, as its linear map does.
 * On the crash path the kernel gets here by a deliberate fault: stvec is purgatory_start, and until
 * that changes every trap would start all over again. Therefore setting it comes first, and the
 * entry is aligned to 4 bytes as stvec asks.
 *
 * From the kernel VA our tables lead to the identity map. There, and whenever they cannot be used,
 * purgatory starts once more, and comes to the physical state. The second pass needs nothing that
 * the first one found.
 *
 * The next kernel is entered as Documentation/arch/riscv/boot.rst asks: a0 = hart ID, a1 = device
 * tree, satp = 0, interrupts off, instruction fetches ordered after all writes. stvec and sscratch
 * are what OpenSBI starts a kernel with: its entry, and 0. Vectors are off; Linux switches them off
 * first of all too.
 *
 * Registers:
 *   s0        hart ID
 *   sscratch  how many traps were taken (trap.S)
 *   tp        the engine of SHA-256 in use (arch_set_engine()), the portable one at first
 *   gp        the size of a block of the caches to flush, or 0 (cache.S). No relaxation uses gp
 */
#define SSTATUS_SIE	   (1 << 1)
#define SSTATUS_SDT	   (1 << 24) /* a trap is being handled; reads as 0 without Ssdbltrp */
#define SSTATUS_VS	   (3 << 9)
#define SSTATUS_VS_INITIAL (1 << 9)

	.option	norelax
	.text
	.global	purgatory_start
	.type	purgatory_start, %function
	.balign	4
purgatory_start:		/* any of the three states; again: identity or physical */
	lla	t0, riscv64_take_trap
	csrw	stvec, t0
	csrw	sscratch, zero
	mv	tp, zero
	csrw	sie, zero
	/* The crash path is a trap of the old kernel, in which another one would be fatal (Ssdbltrp). */
	li	t0, SSTATUS_SIE | SSTATUS_SDT
	csrc	sstatus, t0
	/* For the engines of SHA-256 that use vectors. Without them there is nothing to switch on, and
	 * their first instruction traps (try_engine.S). */
	li	t0, SSTATUS_VS_INITIAL
	csrs	sstatus, t0
	mv	s0, a0
	lla	sp, purgatory_stack_top
	/* The instructions that follow were stores of the old kernel, perhaps of another hart. */
	fence.i
	call	riscv64_find_flush
	csrr	t0, satp
	beqz	t0, start_physical
	lla	t0, purgatory_start
	ld	t1, purgatory_address
	bne	t0, t1, start_kernel_va

start_physical:			/* physical or identity */
	csrw	satp, zero
	/* In the physical state too: the old kernel may have left translations. */
	sfence.vma
	call	riscv64_mmu_on
	call	purgatory_main	/* a0: why the MMU is off, if it is */

	csrw	satp, zero
	sfence.vma
	call	report_write
	fence.i
	li	t0, SSTATUS_VS
	csrc	sstatus, t0
	mv	a0, s0
	ld	a1, purgatory_kernel_dtb
	ld	t0, purgatory_kernel_entry
	csrw	stvec, t0
	jr	t0

start_kernel_va:		/* kernel VA; t0 and t1: purgatory_start, virtual and physical */
	li	a0, 0		/* PURGATORY_TABLES_LOW */
	sub	a1, t0, t1
	call	tables_check
	mv	t2, a0
	mv	a0, s0
	lla	t0, purgatory_start
	bnez	t2, riscv64_leave_map
	/*
	 * The tables have this address too, if it is the one that kexec expected. If not, the next
	 * fetch faults, and gets to the identity map as well.
	 */
	ld	t1, purgatory_address
	ld	t2, purgatory_tables_register
	csrw	stvec, t1
	csrw	satp, t2
	sfence.vma
	csrr	t3, satp
	bne	t3, t2, riscv64_leave_map	/* no such mode: nothing was written */
	jr	t1
	.size	purgatory_start, . - purgatory_start

/*
 * Go on at the label in t0 with satp = 0, from any state. With satp on at the kernel VA there is no
 * address that both have: the fetch after the write faults, as the PC is no physical address, and
 * stvec leads to the label. (Linux turns its MMU off the same way.) An sfence.vma is to follow.
 * Clobbers t0, t1 and stvec.
 */
	.global	riscv64_leave_map
	.type	riscv64_leave_map, %function
	.balign	4
riscv64_leave_map:		/* any of the three states */
	csrr	t1, satp
	beqz	t1, 1f
	lla	t1, purgatory_start
	sub	t0, t0, t1
	ld	t1, purgatory_address
	add	t0, t0, t1
	csrw	stvec, t0
	csrw	satp, zero
1:	jr	t0		/* physical */
	.size	riscv64_leave_map, . - riscv64_leave_map

	.section .note.GNU-stack, "", %progbits
