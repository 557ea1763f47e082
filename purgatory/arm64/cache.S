/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Maintenance of caches and TLB.
 *
 * All of these may be called in any state, and use no memory. arm64_find_line_size comes first.
 * Data lines are always cleaned and invalidated at once: several Cortex-A53 errata ask for that
 * (ERRATA.md), and it needs no write permission, which invalidating alone would need. It reaches
 * lines however they got into the cache, with the MMU off too. TLB and I-cache are this CPU's; no
 * other one runs.
 *
 * Clobbered: x0 to x3.
 */
#include "registers.h"
#include "steps.h"

	.text

/*
 * Find the size of the smallest line of the data caches, in bytes, and keep it in TPIDRRO_EL0, for
 * which purgatory has no other use. Cleaning needs the size once for 4 KiB, and KVM traps CTR_EL0
 * (HCR_EL2.TID2).
 */
	.global	arm64_find_line_size
	.type	arm64_find_line_size, %function
	.balign	4
arm64_find_line_size:
	mrs	x2, ctr_el0
	ubfx	x2, x2, #16, #4		/* DminLine: log2 of words of 4 bytes */
	mov	x3, #4
	lsl	x2, x3, x2
	msr	tpidrro_el0, x2
	ret
	.size	arm64_find_line_size, . - arm64_find_line_size

/* void arch_clean(const void *start, size_t size), see arch_interface.h. */
	.global	arch_clean
	.type	arch_clean, %function
	.balign	4
arch_clean:
	step	clean_chunk, b arm64_clean_range
	ret
	.size	arch_clean, . - arch_clean

/* void arch_clean_uncached(const void *start, size_t size), see arch_interface.h. */
	.global	arch_clean_uncached
	.type	arch_clean_uncached, %function
arch_clean_uncached:
	step	order_report, dmb sy		/* as for the stack, below */
	step	clean_report, b arm64_clean_range
	ret
	.size	arch_clean_uncached, . - arch_clean_uncached

/* void arch_flush(const void *start, size_t size), see arch_interface.h. */
	.global	arch_flush
	.type	arch_flush, %function
arch_flush:
	dmb	sy				/* as for the stack, below */
	b	arm64_clean_range
	.size	arch_flush, . - arch_flush

/* Clean and invalidate purgatory itself: its text comes first, its stack last. */
	.global	arm64_clean_image
	.type	arm64_clean_image, %function
arm64_clean_image:
	adr	x0, purgatory_start
	adr	x1, purgatory_stack_end
	sub	x1, x1, x0
	b	arm64_clean_range
	.size	arm64_clean_image, . - arm64_clean_image

/*
 * Clean and invalidate the stack, and the report's text above it. Only a barrier orders maintenance
 * by address after accesses that are not cached, and with the MMU off no access is cached (Arm DDI
 * 0487, D7.5.9.5).
 */
	.global	arm64_clean_stack
	.type	arm64_clean_stack, %function
arm64_clean_stack:
	step	order_stack, dmb sy
	adr	x0, purgatory_stack
	adr	x1, purgatory_stack_end
	sub	x1, x1, x0
	b	arm64_clean_range
	.size	arm64_clean_stack, . - arm64_clean_stack

/* Clean and invalidate to the PoC, and complete that: start in x0, bytes in x1, which may be 0. */
	.global	arm64_clean_range
	.type	arm64_clean_range, %function
arm64_clean_range:
	add	x1, x0, x1
	mrs	x2, tpidrro_el0
	sub	x3, x2, #1
	bic	x0, x0, x3
1:	cmp	x0, x1
	b.hs	2f
	dc	civac, x0
	add	x0, x0, x2
	b	1b
2:	dsb	sy
	ret
	.size	arm64_clean_range, . - arm64_clean_range

/* Invalidate the I-cache. */
	.global	arm64_invalidate_icache
	.type	arm64_invalidate_icache, %function
arm64_invalidate_icache:
	ic	iallu
	dsb	nsh
	isb
	ret
	.size	arm64_invalidate_icache, . - arm64_invalidate_icache

/* Invalidate all translations of the level at which this runs. */
	.global	arm64_invalidate_tlb
	.type	arm64_invalidate_tlb, %function
arm64_invalidate_tlb:
	mrs	x0, CurrentEL
	cmp	x0, #CURRENT_EL2
	b.eq	1f
	tlbi	vmalle1
	b	2f
1:	tlbi	alle2			/* with E2H too: vmalle1 may mean those of a guest */
2:	dsb	nsh
	isb
	ret
	.size	arm64_invalidate_tlb, . - arm64_invalidate_tlb

	.section .note.GNU-stack, "", %progbits
