/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Traps on riscv64. Each goes to riscv64_fault(), with satp = 0, because the map may be what faults,
 * and because firmware and UART take physical addresses.
 *
 * Two are expected, and purgatory returns from them: that of a SHA-256 engine whose instructions
 * the CPU lacks, while arch_try_engine() tries it, and that of cbo.flush, which cache.S tries and
 * which is skipped.
 *
 * Registers:
 *   s1  scause   s2  stval   s3  sepc
 *   s4  sscratch, counted up: how many traps were taken. A register, because memory or the console
 *       may be what faults. While arch_try_engine() is at work it is what sp must be to come back
 *       there, which is more than any count.
 */
#include "cache.h"
#include "cpus.h"
#include "stop.h"

#define SSTATUS_SDT		  (1 << 24) /* a trap is being handled (Ssdbltrp) */
#define CAUSE_ILLEGAL_INSTRUCTION 2

	.option	norelax
	.text
	.global	riscv64_take_trap
	.type	riscv64_take_trap, %function
	.balign	4
riscv64_take_trap:		/* physical, identity, or kernel VA; nothing of any register */
	csrw	sie, zero
	csrr	s1, scause
	csrr	s4, sscratch
	beqz	s4, 1f
	li	t0, FAULT_COUNT_MAX
	bgeu	t0, s4, 2f
	li	t0, CAUSE_ILLEGAL_INSTRUCTION
	beq	s1, t0, engine_missing
1:				/* it is a trap as all others */
	li	t0, CPU_LINE_SIZE	/* more than any engine, less than an address in RAM */
	bleu	tp, t0, 3f
	lwu	t0, purgatory_cpus_count	/* tp is nonsense where the code does not exist */
	beqz	t0, 3f
	j	riscv64_cpu_faults
3:	csrr	s2, stval
	csrr	s3, sepc

/* entry.S comes here with what it finds: s1 to s3 say what. */
	.global	riscv64_take_damage
riscv64_take_damage:
	li	s4, 1
	csrw	sscratch, s4
	/* Leaving the map may be a trap once more, and so may what follows. */
	li	t0, SSTATUS_SDT
	csrc	sstatus, t0
	lla	t0, report
	j	riscv64_leave_map

2:	j	riscv64_reset_again

engine_missing:
	li	t0, TRIAL_SKIP
	beq	s4, t0, skip_instruction
	mv	sp, s4
	lla	t0, riscv64_engine_missing
	csrw	sepc, t0
	sret

skip_instruction:	/* of cache.S, 4 bytes */
	li	gp, 0
	csrr	t0, sepc
	addi	t0, t0, 4
	csrw	sepc, t0
	sret

	.balign	4
report:				/* physical; stvec may lead here */
	li	t0, SSTATUS_SDT
	csrc	sstatus, t0
	sfence.vma
	lla	t0, riscv64_take_trap
	csrw	stvec, t0

/* entry.S comes here if purgatory is damaged, with traps going elsewhere. Physical. */
	.global	riscv64_report
riscv64_report:
	lla	sp, purgatory_stack_top	/* whatever was on it is of no use any more */
	mv	a0, s1
	mv	a1, s2
	mv	a2, s3
	call	riscv64_fault
	j	riscv64_reset_again	/* it does not return */
	.size	riscv64_take_trap, . - riscv64_take_trap

	.section .note.GNU-stack, "", %progbits
