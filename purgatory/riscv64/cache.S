/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finding out whether the hart takes cbo.flush, which cleans and invalidates a block of the caches
 * (RISC-V Instruction Set Manual, Volume I, "CMO").
 *
 * Clobbers t0, and where the hart does not, s1 and s4 (trap.S).
 */
#include "cache.h"

	.option	norelax
	.text
	.global	riscv64_find_flush
	.type	riscv64_find_flush, %function
	.balign	4
/*
 * gp = the size of a block, or 0. Firmware may leave the instruction undefined (menvcfg.CBCFE)
 * although the kernel names it. Assumes sscratch = 0; any state.
 */
riscv64_find_flush:
	lwu	gp, purgatory_cache_block
	bnez	gp, 1f
	lwu	gp, purgatory_pstore_block
	beqz	gp, 2f
1:	li	t0, TRIAL_SKIP
	csrw	sscratch, t0
	lla	t0, purgatory_stack
	.insn	i 0x0f, 2, x0, t0, CBO_FLUSH
	csrw	sscratch, zero
2:	ret
	.size	riscv64_find_flush, . - riscv64_find_flush

	.section .note.GNU-stack, "", %progbits
