/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Turning the MMU and the D-cache on and off, always together.
 *
 * None of these uses memory, except for the patched symbols, and those only while the D-cache holds
 * nothing of them that differs from memory.
 *
 * Registers, those of entry.S among them:
 *   x19       SCTLR at entry: what is not M, C or I stays as it was
 *   x20       REGIME_*, and so the index of its set of page tables
 *   x21       virtual minus physical address of purgatory; 0 unless at the kernel VA
 *   x22-x26   TCR, MAIR, TTBR0, TTBR1, TCR2 at entry (TTBR1: two ranges only; TCR2: or
 *             TCR2_UNTOUCHED)
 *   x28       return address of a routine that calls others
 *   x0-x3, x9-x12  scratch
 */
#include "registers.h"
#include "steps.h"

	/* Write TCR2 if it is to be touched: x26 says so. */
	.macro	write_tcr2 register
	cmn	x26, #-TCR2_UNTOUCHED
	b.eq	.Lno_tcr2_\@
	cbnz	x20, .Ltcr2_el2_\@
	msr	TCR2_EL1, \register
	b	.Lno_tcr2_\@
.Ltcr2_el2_\@:
	msr	TCR2_EL2, \register
.Lno_tcr2_\@:
	.endm

	.text

/*
 * Fill x22 to x26. Assumes x20, and TPIDR_EL1 = 0; any state. TCR2 is touched only if the old kernel
 * may have set it, and if that traps nevertheless, never again. It comes first, because a trial
 * clobbers the others.
 */
	.global	arm64_mmu_save
	.type	arm64_mmu_save, %function
	.balign	4
arm64_mmu_save:
	mov	x26, #TCR2_UNTOUCHED
	ldr	w9, purgatory_cpu_features
	tbz	w9, #CPU_TCR2_BIT, 3f
	mrs	x9, ID_AA64MMFR3_EL1
	mov	x10, #MMFR3_S1PIE
	movk	x10, #MMFR3_S1POE >> 16, lsl #16
	tst	x9, x10
	b.ne	1f
	mrs	x9, id_aa64mmfr1_el1
	and	x9, x9, #MMFR1_HAFDBS
	cmp	x9, #HAFDBS_HAFT
	b.lo	3f
1:	begin_trial
	cbnz	x20, 2f
	mrs	x26, TCR2_EL1
	b	4f
2:	mrs	x26, TCR2_EL2
4:	end_trial
3:	read_el	x22, tcr
	read_el	x23, mair
	read_el	x24, ttbr0
	mov	x25, xzr
	cbnz	x20, 5f
	mrs	x25, ttbr1_el1
5:	ret
	.size	arm64_mmu_save, . - arm64_mmu_save

/* Write x22 to x26 back, and forget our translations. Assumes MMU off. */
	.global	arm64_mmu_restore
	.type	arm64_mmu_restore, %function
arm64_mmu_restore:
	mov	x28, x30
	write_el tcr, x22
	write_el mair, x23
	write_el ttbr0, x24
	write_tcr2 x26
	cbnz	x20, 1f
	msr	ttbr1_el1, x25
1:	isb
	step	tlb_off, bl arm64_invalidate_tlb
	ret	x28
	.size	arm64_mmu_restore, . - arm64_mmu_restore

/*
 * MMU and caches on with kexec's tables, which have been checked. Assumes MMU and D-cache off, and
 * nothing of the image, of the tables and of the manifest in the D-cache.
 */
	.global	arm64_mmu_on
	.type	arm64_mmu_on, %function
arm64_mmu_on:
	mov	x28, x30
	step	clean_stack_on, bl arm64_clean_stack

/* The same for a CPU that has used no memory. Returns to x28. */
	.global	arm64_mmu_on_started
arm64_mmu_on_started:
	mov	x0, #MAIR_NORMAL
	movk	x0, #MAIR_NON_CACHEABLE, lsl #16
	movk	x0, #MAIR_DEVICE, lsl #32
	write_el mair, x0
	/*
	 * Permission indirection, for example, which Linux leaves on, would give our bits other
	 * meanings.
	 */
	write_tcr2 xzr
	/*
	 * All values are loaded before a TTBR is written, and an ISB follows before any other access:
	 * ThunderX2 erratum 219 (ERRATA.md). x2: TTBR0, x3: TTBR1.
	 */
	adr	x1, purgatory_tables_register
	ldr	x2, [x1, x20, lsl #3]
	ldr	x3, [x1, #8 * TABLES_HIGH]
	adr	x1, purgatory_tables_bits
	ldr	w0, [x1, x20, lsl #2]
	mov	x9, #64
	sub	x0, x9, x0			/* T0SZ */
	mov	x1, #TCR_WALK0 << TCR_WALK0_BIT
	orr	x0, x0, x1
	mrs	x1, id_aa64mmfr0_el1
	and	x1, x1, #0xf			/* PARange */
	mov	x10, #PARANGE_48_BITS		/* more would need descriptors of another format */
	cmp	x1, x10
	csel	x1, x1, x10, lo
	cbnz	x20, 2f

	orr	x0, x0, x1, lsl #TCR_IPS_BIT
	ldr	x1, purgatory_tables_size + 8 * TABLES_HIGH
	cbz	x1, 1f
	ldr	w1, purgatory_tables_bits + 4 * TABLES_HIGH
	sub	x1, x9, x1			/* T1SZ */
	orr	x0, x0, x1, lsl #TCR_T1SZ_BIT
	mov	x1, #TCR_WALK1
	orr	x0, x0, x1, lsl #TCR_WALK1_BIT
	msr	ttbr1_el1, x3
	b	3f
1:	orr	x0, x0, #1 << TCR_EPD1_BIT
	b	3f

2:	orr	x0, x0, x1, lsl #TCR_EL2_PS_BIT
	mov	x1, #TCR_EL2_RES1
	orr	x0, x0, x1

3:	write_el ttbr0, x2
	write_el tcr, x0
	isb
	step	tlb_on, bl arm64_invalidate_tlb
	mov	x0, #SCTLR_M | SCTLR_C | SCTLR_I
	orr	x0, x19, x0
	write_el sctlr, x0
	isb
	ret	x28
	.size	arm64_mmu_on, . - arm64_mmu_on

/*
 * MMU and D-cache off; returns to the physical address. Assumes x20 and, if the MMU is on, x21;
 * any state. The D-cache keeps what it holds, and no memory is used here.
 *
 * At the kernel VA no map has the PC at the same place before and after. Without an MMU it is out
 * of the range of physical addresses, so that the next fetch faults, and VBAR already holds the
 * physical address of where to go on. (All of a kernel's addresses have bit 55 set, which no
 * physical one can.)
 *
 * Clobbers x9 to x11 and, at the kernel VA, ESR, ELR, FAR and SPSR.
 */
	.global	arm64_mmu_off
	.type	arm64_mmu_off, %function
arm64_mmu_off:
	read_el	x9, sctlr
	mov	x10, #SCTLR_M | SCTLR_C
	tst	x9, x10
	b.eq	3f
	bic	x9, x9, x10
	adr	x11, arm64_landing_vectors
	sub	x11, x11, x21
	write_el vbar, x11
	adr	x11, purgatory_start
	sub	x30, x30, x11			/* whatever x21 is, the way back is beside the PC */
	dsb	sy				/* what was written is in the cache, or in memory */
	cbnz	x20, 1f
	isb					/* this close to the write for Falkor's E1041 */
	msr	sctlr_el1, x9
	b	2f
1:	isb
	msr	sctlr_el2, x9
2:	isb

	.global	arm64_landed
arm64_landed:					/* MMU and D-cache off, at the physical address */
	adr	x9, purgatory_vectors
	write_el vbar, x9
	isb
	adr	x11, purgatory_start
	add	x30, x30, x11
3:	ret
	.size	arm64_mmu_off, . - arm64_mmu_off

/*
 * From the kernel VA to the identity map in our tables, still with the old kernel's TTBR1, MAIR and
 * caches: replacing the map under the PC would break break-before-make, but replacing that of the
 * other half of the address space is safe. Assumes REGIME_TWO_RANGES and what arm64_can_switch()
 * checks. Returns to the physical address, with x21 = 0.
 */
	.global	arm64_switch_to_identity
	.type	arm64_switch_to_identity, %function
arm64_switch_to_identity:
	sub	x28, x30, x21
	orr	x10, x22, #TCR_EPD0		/* no walks of TTBR0 while it changes */
	msr	tcr_el1, x10
	isb
	step	tlb_alias, bl arm64_invalidate_tlb

	/* Loaded first: between the write of TTBR0 and its ISB there is no access (ThunderX2 219). */
	ldr	x1, purgatory_tables_register + 8 * REGIME_TWO_RANGES
	ldr	w0, purgatory_tables_bits + 4 * REGIME_TWO_RANGES
	mov	x9, #64
	sub	x0, x9, x0
	bfi	x10, x0, #0, #TCR_T0SZ_WIDTH
	mov	x0, #TCR_WALK0
	bfi	x10, x0, #TCR_WALK0_BIT, #TCR_WALK0_WIDTH
	msr	ttbr0_el1, x1
	msr	tcr_el1, x10
	isb
	bic	x10, x10, #TCR_EPD0
	msr	tcr_el1, x10
	isb
	mov	x21, xzr
	ret	x28
	.size	arm64_switch_to_identity, . - arm64_switch_to_identity

	.section .note.GNU-stack, "", %progbits
