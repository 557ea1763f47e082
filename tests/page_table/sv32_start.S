/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The Sv32 guest's entry, its trap vector, and accesses that may fault.
 *
 * QEMU enters start in M-mode at SV32_CODE, with satp = 0 (-bios none). From then on the guest runs
 * in S-mode, with all exceptions delegated to it and all memory open to it.
 */
#include "sv32_layout.h"

	.section .text.start, "ax"
	.globl start
start:
	li	t0, -1
	csrw	pmpaddr0, t0		/* one region, all addresses */
	li	t0, 0x1f		/* NAPOT, R, W, X */
	csrw	pmpcfg0, t0
	li	t0, 0xffff
	csrw	medeleg, t0
	li	t0, 0x1800
	csrc	mstatus, t0
	li	t0, 0x0800		/* MPP = S */
	csrs	mstatus, t0
	la	t0, supervisor
	csrw	mepc, t0
	mret

/* S-mode, satp = 0. */
supervisor:
	la	t0, trap
	csrw	stvec, t0
	li	sp, SV32_DATA + SV32_DATA_SIZE
	call	guest
1:	j	1b

/*
 * A trap in one of the functions below, which call nothing and leave ra alone: return to the
 * caller with the cause and the address (struct access in a0 and a1).
 */
	.balign	4
trap:
	csrr	a0, scause
	csrr	a1, stval
	csrw	sepc, ra
	li	t0, 0x100
	csrs	sstatus, t0		/* SPP = S */
	sret

/* struct access access_load(uint32_t address) */
	.globl	access_load
access_load:
	lw	a1, 0(a0)
	li	a0, -1
	ret

/* struct access access_store(uint32_t address, uint32_t value) */
	.globl	access_store
access_store:
	sw	a1, 0(a0)
	li	a0, -1
	ret

/* struct access access_call(uint32_t address) */
	.globl	access_call
access_call:
	jr	a0

/* To be called by access_call(): where does it run? */
	.globl	tell_address
tell_address:
	auipc	a1, 0
	li	a0, -1
	ret
