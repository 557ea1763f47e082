/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The other harts on riscv64, from the SBI's hart_start to hart_stop.
 *
 * Entered by firmware at riscv64_cpu_entry, at the physical address, in S-mode, with a0 = hart ID,
 * a1 = the index of the hart among purgatory_cpus_ids, satp = 0 and sstatus.SIE = 0 (RISC-V SBI
 * specification, "Hart State Management Extension"). Nothing else is known. All that it reads was
 * verified by the first hart. It ends in hart_stop on every way.
 *
 * Registers:
 *   s0        index
 *   sscratch  0, or what a trial needs (trap.S)
 *   tp        the address of the hart's stage; that plus 1 after a trap. The first hart's tp is the
 *             number of an engine, which is no address
 *   gp        the size of a block of the caches to flush, or 0 (cache.S)
 */
#include "cpus.h"

#define SSTATUS_SIE	   (1 << 1)
#define SSTATUS_SDT	   (1 << 24)
#define SSTATUS_VS_INITIAL (1 << 9)

#define SBI_HSM	     0x48534d
#define SBI_HSM_STOP 1

	.option	norelax
	.section .text.cpus, "ax", %progbits	/* PURGATORY_CPUS_TEXT_SECTION */
	.global	riscv64_cpu_entry
	.type	riscv64_cpu_entry, %function
	.balign	4
riscv64_cpu_entry:		/* physical */
	ld	tp, purgatory_cpus_address
	ori	tp, tp, 1	/* not yet that of the stage: a trap writes nothing */
	lla	t0, riscv64_take_trap
	csrw	stvec, t0
	csrw	sscratch, zero
	csrw	sie, zero
	mv	gp, zero
	/* The instructions that follow were stores of the old kernel. */
	fence.i
	li	t0, SSTATUS_SIE | SSTATUS_SDT
	csrc	sstatus, t0
	li	t0, SSTATUS_VS_INITIAL
	csrs	sstatus, t0
	mv	s0, a1

	/* Firmware may have started another hart than it was asked to. */
	li	t0, CPUS_MAX
	bgeu	s0, t0, riscv64_cpu_off
	lla	t0, purgatory_cpus_ids
	slli	t1, s0, 3
	add	t0, t0, t1
	ld	t0, 0(t0)
	bne	t0, a0, riscv64_cpu_off
	slli	t0, s0, CPU_LINE_BITS
	add	tp, tp, t0
	addi	tp, tp, CPU_LINE_SIZE - 1

	ld	t0, purgatory_tables_register
	csrw	satp, t0
	sfence.vma
	csrr	t1, satp
	bne	t0, t1, riscv64_cpu_off	/* no such mode: nothing was written */
	li	t0, CPU_STACK_STRIDE	/* identity */
	addi	t1, s0, 1
	mul	t0, t0, t1
	ld	sp, purgatory_cpus_stacks
	add	sp, sp, t0
	/* A hart that cannot flush what the first one can would hash other bytes. */
	call	riscv64_find_flush
	lwu	t0, purgatory_cache_block
	beqz	t0, 1f
	beqz	gp, riscv64_cpu_leave
1:	mv	a0, s0
	call	cpus_work

riscv64_cpu_off:		/* physical or identity */
	li	a7, SBI_HSM
	li	a6, SBI_HSM_STOP
	ecall
1:	wfi			/* firmware refuses; the first hart will find out */
	j	1b
	.size	riscv64_cpu_entry, . - riscv64_cpu_entry

/*
 * A trap of a hart that was started, from trap.S. It leaves, so that the first hart does its work.
 * A trap in here comes back and turns the hart off at once.
 */
	.global	riscv64_cpu_faults
	.type	riscv64_cpu_faults, %function
riscv64_cpu_faults:		/* physical or identity */
	li	t0, SSTATUS_SDT
	csrc	sstatus, t0
	andi	t0, tp, 1
	bnez	t0, riscv64_cpu_off
riscv64_cpu_leave:
	mv	t0, tp
	ori	tp, tp, 1
	li	t1, CPU_STAGE_LEFT
	fence	rw, w
	sw	t1, 0(t0)
	j	riscv64_cpu_off
	.size	riscv64_cpu_faults, . - riscv64_cpu_faults

	.section .note.GNU-stack, "", %progbits
