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
 * first of all too. All other general registers are 0, and so are the stack, and vectors if they were
 * used to hash: nothing of the payload, nor of what was computed of it, is left behind.
 *
 * Registers:
 *   s0        hart ID
 *   s1        at the end: the next kernel's entry
 *   sscratch  how many traps were taken (trap.S)
 *   tp        the engine of SHA-256 in use (arch_set_engine()), the portable one at first; an
 *             address means another hart (cpus.S)
 *   gp        the size of a block of the caches to flush, or 0 (cache.S). No relaxation uses gp
 */
#define SSTATUS_SIE	   (1 << 1)
#define SSTATUS_SDT	   (1 << 24) /* a trap is being handled; reads as 0 without Ssdbltrp */
#define SSTATUS_VS	   (3 << 9)
#define SSTATUS_VS_INITIAL (1 << 9)

#include "checksum.h"
#include "physical.h"
#include "stop.h"

#define SBI_SRST 0x53525354 /* as in sbi.c */

	/* checksum_add(): take \word into \sum; clobbers \word. */
	.macro	add_to_sum sum, word, factor
	xor	\sum, \sum, \word
	mul	\sum, \sum, \factor
	srli	\word, \sum, 32
	xor	\sum, \sum, \word
	.endm

	.option	norelax
	/* This file is linked first: purgatory_start is where the image starts. */
	.text
	.global	purgatory_start
	.type	purgatory_start, %function
	.balign	4
purgatory_start:		/* any of the three states; again: identity or physical */
	lla	t0, riscv64_take_trap
	csrw	stvec, t0
	csrw	sscratch, zero
	mv	tp, zero
	mv	gp, zero
	csrw	sie, zero
	/* The instructions that follow were stores of the old kernel, perhaps of another hart. */
	fence.i
	/* The crash path is a trap of the old kernel, in which another one would be fatal (Ssdbltrp). */
	li	t0, SSTATUS_SIE | SSTATUS_SDT
	csrc	sstatus, t0
	/* For the engines of SHA-256 that use vectors. Without them there is nothing to switch on, and
	 * their first instruction traps (try_engine.S). */
	li	t0, SSTATUS_VS_INITIAL
	csrs	sstatus, t0
	mv	s0, a0

	/*
	 * Nothing but the code so far, this loop and trap.S runs before all of it is checked: text
	 * and read-only data.
	 */
	jal	add_up_image
	bne	t3, t4, self_is_damaged
	j	purgatory_checked

	.balign	8
checksum_factor:
	.quad	CHECKSUM_FACTOR

/* t3, t4: the sum of purgatory's text and read-only data, as it is and as patched. Any state. */
add_up_image:
	lla	t0, purgatory_start
	lla	t1, purgatory_self_sum
/* The same for what lies from t0 to the sum at t1. */
add_up:
	ld	t2, checksum_factor
	mv	t3, t2
1:	ld	t4, 0(t0)
	addi	t0, t0, 8
	add_to_sum t3, t4, t2
	bltu	t0, t1, 1b
	ld	t4, 0(t1)
	ret

self_is_damaged:		/* any of the three states; t3, t4: the sum as it is, and as patched */
	li	s1, DAMAGE_SELF
	mv	s2, t4
	mv	s3, t3
	lla	t0, purgatory_checked
	lla	t1, purgatory_stop_sum
	jal	add_up
	bne	t3, t4, stop_is_damaged
	lla	t0, damaged_physical
	j	riscv64_leave_map

stop_is_damaged:		/* what would report that is damaged too: the first fault */
	lla	t0, riscv64_reset_again
	csrw	stvec, t0
	li	t0, 1
	csrw	sscratch, t0
	j	riscv64_reset_again

	.balign	4
damaged_physical:		/* physical; stvec may lead here. From now on a trap resets */
	lla	t0, riscv64_reset_again
	csrw	stvec, t0
	li	t0, SSTATUS_SDT
	csrc	sstatus, t0
	sfence.vma
	li	t0, 1
	csrw	sscratch, t0
	j	riscv64_report

entry_is_damaged:		/* physical */
	mv	s2, s1
	li	s1, DAMAGE_ENTRY
	j	riscv64_take_damage

/*
 * A part of what reports a trap trapped itself, or is damaged: reset first, without a line. Each
 * trap that this takes leads back here. Nothing is read from memory if that may be what traps.
 */
	.global	riscv64_reset_again
	.balign	4
riscv64_reset_again:		/* any of the three states */
	csrr	s4, sscratch
	addi	s4, s4, 1
	csrw	sscratch, s4
	li	t0, SSTATUS_SDT
	csrc	sstatus, t0
	li	t0, FAULT_COUNT_MAX
	bltu	t0, s4, sleep
	li	t0, FAULT_COUNT_MEMORY
	bltu	t0, s4, 2f
	lw	t0, purgatory_mismatch_policy
	lla	t1, purgatory_ending_second
	lw	t1, ENDING_POLICY(t1)
	li	t2, POLICY_HALT
	bne	t0, t2, 2f
	beq	t1, t2, sleep
2:	li	a7, SBI_SRST
	li	a6, 0		/* system reset */
	li	a0, 1		/* cold reboot */
	li	a1, 0		/* no reason */
	ecall
	j	riscv64_reset_again	/* firmware refuses: once more */

sleep:	wfi
	j	sleep

	.balign	8
	.global	purgatory_checked
purgatory_checked:
	lla	sp, purgatory_stack_top
	call	riscv64_find_flush
	csrr	t0, satp
	beqz	t0, start_physical
	find_physical t1, t2
	lla	t0, purgatory_start
	bne	t0, t1, start_kernel_va

start_physical:			/* physical or identity */
	csrw	satp, zero
	/* In the physical state too: the old kernel may have left translations. */
	sfence.vma
	call	riscv64_mmu_on
	call	purgatory_main	/* a0: why the MMU is off, if it is */
	mv	s1, a0		/* the only address that is entered */

	csrw	satp, zero
	sfence.vma
	call	report_write
	call	riscv64_clear_stack
	call	riscv64_clear_vectors
	fence.i
	/* What changed meanwhile may have led here, or be what the next kernel is told. */
	jal	add_up_image
	bne	t3, t4, self_is_damaged
	/* Whoever comes here on another way than by purgatory_main() has no such address. */
	ld	t2, checksum_factor
	mv	t3, t2
	mv	t4, s1
	add_to_sum t3, t4, t2
	lla	t0, purgatory_sealed_entry
	ld	t4, 8(t0)
	bne	t3, t4, entry_is_damaged
	li	t0, SSTATUS_VS
	csrc	sstatus, t0
	mv	a0, s0
	ld	a1, purgatory_kernel_dtb
	csrw	stvec, s1
	.irp	register, ra, sp, gp, tp, t0, t1, t2, t3, t4, t5, t6, s0, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11
	mv	\register, zero
	.endr
	.irp	register, a2, a3, a4, a5, a6, a7
	mv	\register, zero
	.endr
	jr	s1

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
	find_physical t1, t2
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
 * Clobbers t0, t1, t2 and stvec.
 */
	.global	riscv64_leave_map
	.type	riscv64_leave_map, %function
	.balign	4
riscv64_leave_map:		/* any of the three states */
	csrr	t1, satp
	beqz	t1, 1f
	lla	t1, purgatory_start
	sub	t0, t0, t1
	find_physical t1, t2
	add	t0, t0, t1
	csrw	stvec, t0
	csrw	satp, zero
1:	jr	t0		/* physical */
	.size	riscv64_leave_map, . - riscv64_leave_map

	.section .note.GNU-stack, "", %progbits
