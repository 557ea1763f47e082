/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The way in and the way out on arm64.
 *
 * Entered at purgatory_start by the old kernel, at EL1, or at EL2 with or without HCR_EL2.E2H: a
 * level that is never left, because the next kernel needs it. In one of these states:
 *   off        MMU and D-cache off, PC is the physical address: Linux enters here. Every data
 *              access is to Device memory and must be aligned, and the caches may hold stale lines
 *              of our memory, which no data access sees;
 *   identity   MMU on, PC is the physical address all the same. Caches may be on;
 *   kernel VA  MMU on, two ranges, PC is in the upper one, that of TTBR1. Caches may be on.
 * With the MMU on, the old kernel's map has all of purgatory's image (text to stack, with what is
 * between them) and the page tables as far apart as in physical memory, as its linear map does. No
 * register holds anything of use.
 *
 * The next kernel is entered as Documentation/arch/arm64/booting.rst asks: x0 = device tree,
 * x1 to x3 = 0, DAIF masked, MMU and D-cache off, and the I-cache too, nothing of ours in any of
 * them or the TLB. SCTLR is else as it was at entry, and so are TCR, MAIR, TTBR and what traps SIMD.
 * All other general registers are 0, and so are the stack, and SIMD registers if they were used to
 * hash: nothing of the payload, nor of what was computed of it, is left behind.
 *
 * Registers, throughout:
 *   x19        SCTLR at entry
 *   x20        REGIME_*
 *   x21        virtual minus physical address of purgatory; 0 unless at the kernel VA
 *   x22-x26    TCR, MAIR, TTBR0, TTBR1, TCR2 at entry
 *   x27        from start_off on: why the MMU stays off, enum purgatory_mmu_reason; then the next
 *              kernel's entry
 *   x28        return address in mmu.S
 *   x29        CPACR_EL1 or CPTR_EL2 at entry
 *   x0-x3, x9-x12  scratch, then arguments
 *   TPIDR_EL1  how many exceptions were taken (vectors.S)
 *   TPIDRRO_EL0  the size of a line of the data caches (cache.S)
 *   TPIDR_EL0  the SHA-256 engine in use (arch_set_engine()), the portable one at first; ISR_A if an
 *              SError was pending at entry; ISR_MISSING if nobody knows; NEXT_KERNEL_RUNS instead of
 *              the engine at the end
 *
 * Literals and ADR reach 1 MiB. There is no ADRP: the linker's fix of Cortex-A53 erratum 843419
 * would not reach an object that kexec relocates.
 */
#include "checksum.h"
#include "registers.h"
#include "steps.h"
#include "stop.h"

#define PSCI_SYSTEM_RESET 0x84000009 /* as in arch_arm64.c */

	/* checksum_add(): take \word into \sum. */
	.macro	add_to_sum sum, word, factor
	eor	\sum, \sum, \word
	mul	\sum, \sum, \factor
	eor	\sum, \sum, \sum, lsr #32
	.endm

	/* This file is linked first: purgatory_start is where the image starts. */
	.text
	.global	purgatory_start
	.type	purgatory_start, %function
	.balign	4
purgatory_start:			/* any of the three states */
	msr	daifset, #0xf
	msr	spsel, #1
	find_regime x20
	adr	x0, purgatory_vectors
	write_el vbar, x0
	msr	tpidr_el1, xzr
	msr	tpidr_el0, xzr
	isb

	/*
	 * Nothing but the code so far, this loop and the vectors runs before all of it is checked:
	 * text and read-only data, as memory has them, or the old kernel's caches.
	 */
	bl	add_up_image
	b.ne	self_is_damaged
	b	purgatory_checked

self_is_damaged:			/* any state; x0, x12: the sum as patched, and as it is */
	adr	x9, purgatory_start
	write_el vbar, x9
	isb
	mov	x22, #DAMAGE_SELF
	mov	x24, x0
	mov	x25, x12
	adr	x9, purgatory_checked
	adr	x10, purgatory_stop_sum
	bl	add_up
	b.eq	arm64_take_damage
	mov	x9, #1				/* what would report that is damaged too: the first fault */
	msr	tpidr_el1, x9
	b	arm64_reset_again

/*
 * Z if purgatory's text and read-only data have their sum. x0, x12: as above. Any state. The loop
 * lies in two blocks of 16 bytes, because without an I-cache each block is a fetch.
 */
	.balign	16
add_up_image:
	adr	x9, purgatory_start
	adr	x10, purgatory_self_sum
/* The same for what lies from x9 to the sum at x10. */
add_up:
	ldr	x11, =CHECKSUM_FACTOR
	mov	x12, x11
1:	ldr	x0, [x9], #8
	add_to_sum x12, x0, x11
	cmp	x9, x10
	b.lo	1b
	ldr	x0, [x10]
	cmp	x0, x12
	ret

entry_is_damaged:			/* off */
	mov	x22, #DAMAGE_ENTRY
	mov	x23, x27
	b	arm64_take_damage

	/*
	 * off, but not where kexec has placed it: all physical addresses that it knows are wrong.
	 * Everything in its image is as far away as ever, so it can report that.
	 */
wrong_place:
	adr	x1, purgatory_stack_top
	mov	sp, x1
	bl	arm64_wrong_place		/* with x0; does not return */

/* Clean and invalidate all sets of page tables. Assumes off; clobbers x0 to x3 and x9 to x12. */
	.type	clean_tables, %function
clean_tables:
	mov	x12, x30
	adr	x9, purgatory_tables_address
	adr	x10, purgatory_tables_size
	mov	x11, #TABLES_HIGH + 1
1:	ldr	x0, [x9], #8
	ldr	x1, [x10], #8
	lsr	x3, x1, #TABLES_SIZE_MAX_BITS
	cbnz	x3, 2f				/* damaged; tables_check() refuses it */
	bl	arm64_clean_range		/* nothing to do for an absent one, of size 0 */
2:
	subs	x11, x11, #1
	b.ne	1b
	ret	x12
	.size	clean_tables, . - clean_tables

/* Clean and invalidate the manifest. Assumes off; clobbers x0 to x3. */
	.type	clean_manifest, %function
clean_manifest:
	ldr	x0, purgatory_manifest_address
	ldr	x1, purgatory_manifest_size
	lsr	x3, x1, #MANIFEST_SIZE_MAX_BITS
	cbz	x3, arm64_clean_range
	ret					/* damaged; purgatory_main() says so */
	.size	clean_manifest, . - clean_manifest

/*
 * A part of what reports a fault was at fault itself, or is damaged: reset first, without a line
 * and without caches. Each exception that this takes leads back here. The known conduit of PSCI
 * comes first, at the next fault the other one. Nothing is read from memory if that may be what
 * faults.
 *
 * It lies where an exception leads if VBAR is purgatory_start: if purgatory is damaged, its vectors
 * may be.
 */
	.org	purgatory_start + 128 * VECTOR_SYNCHRONOUS
	.global	arm64_reset_again
arm64_reset_again:			/* any state */
	mrs	x26, tpidr_el1
	add	x26, x26, #1
	msr	tpidr_el1, x26
	isb
	cmp	x26, #FAULT_COUNT_MAX
	b.hi	sleep
	mov	w9, wzr
	cmp	x26, #FAULT_COUNT_MEMORY
	b.hi	4f
	ldr	w9, purgatory_mismatch_policy
	ldr	w10, purgatory_ending_second + ENDING_POLICY
	cmp	w9, #POLICY_HALT
	ccmp	w10, #POLICY_HALT, #0, eq
	b.eq	sleep
	ldr	w9, purgatory_reset_method
4:	eor	w9, w9, w26
	mov	w0, #PSCI_SYSTEM_RESET & 0xffff
	movk	w0, #PSCI_SYSTEM_RESET >> 16, lsl #16
	tbz	w9, #0, 5f
	smc	#0
	b	arm64_reset_again		/* firmware refuses: the other conduit */
5:	hvc	#0
	b	arm64_reset_again

sleep:	wfi
	b	sleep

	.balign	8
	.global	purgatory_checked
purgatory_checked:
	/* A hypervisor may make ISR_EL1 undefined. What reports that would read it too. */
	mov	x26, xzr
	begin_trial
	mrs	x9, isr_el1
	end_trial
	and	x9, x9, #ISR_A
	cbz	x26, 1f
	mov	x9, #ISR_MISSING
1:	msr	tpidr_el0, x9
	bl	arm64_find_line_size		/* undefined too, perhaps: now there is someone to report it */
	enable_simd x29
	read_el	x19, sctlr
	bl	arm64_mmu_save			/* trials are over */
	mov	x21, xzr
	mov	x0, #SCTLR_M | SCTLR_C
	tst	x19, x0
	b.eq	start_off

	/* Identity or kernel VA. What follows runs without caches: it has to be in memory. */
	step	clean_image_cached, bl arm64_clean_image
	find_physical x0, x1
	adr	x21, purgatory_start
	subs	x21, x21, x0
	b.eq	leave_old_map

	/* Kernel VA. Our own tables lead to the identity map, if they can be used at once. */
	adr	x0, purgatory_stack_top
	mov	sp, x0
	mov	w0, w20
	mov	x1, x21
	mov	x2, x26
	bl	arm64_can_switch
	cbz	w0, leave_old_map
	bl	arm64_switch_to_identity

leave_old_map:				/* identity or kernel VA */
	bl	arm64_mmu_off
	mov	x21, xzr

start_off:				/* off, be it the first or the second start */
	step	clean_image, bl arm64_clean_image
	adr	x0, purgatory_start		/* the physical address, whoever started it there */
	ldr	x1, purgatory_address
	cmp	x0, x1
	b.ne	wrong_place
	step	clean_tables, bl clean_tables
	step	clean_manifest, bl clean_manifest
	step	icache_on, bl arm64_invalidate_icache
	read_el	x0, sctlr
	orr	x0, x0, #SCTLR_I
	write_el sctlr, x0
	isb

	adr	x0, purgatory_stack_top
	mov	sp, x0
	mov	w0, w20
	bl	arm64_check_tables
	mov	w27, w0
	cbnz	w27, 1f
	bl	arm64_mmu_on
1:	mov	w0, w27
	bl	purgatory_main			/* at the identity address, in our map or in none */
	mov	x27, x0				/* the only address that is entered */

	/* From here to the end of the cleaning no memory is used. */
	bl	arm64_mmu_off
	step	clean_stack_off, bl arm64_clean_stack
	bl	report_write			/* on the stack, past the caches */
	bl	arm64_clear_stack
	/*
	 * What changed meanwhile may have led here, or be what the next kernel is told. The I-cache is
	 * still on for this.
	 */
	bl	add_up_image
	b.ne	self_is_damaged
	mov	x0, #SCTLR_M | SCTLR_C | SCTLR_I
	bic	x0, x19, x0
	write_el sctlr, x0
	isb
	step	icache_off, bl arm64_invalidate_icache
	mrs	x0, tpidr_el0
	tst	x0, #ENGINE_MASK
	b.eq	2f				/* the portable engine: SIMD may be missing */
	bl	arm64_clear_simd
2:	restore_simd x29
	bl	arm64_mmu_restore		/* has an ISB */
	/* Whoever comes here on another way than by purgatory_main() has no such address. */
	ldr	x11, =CHECKSUM_FACTOR
	mov	x12, x11
	add_to_sum x12, x27, x11
	ldr	x0, purgatory_sealed_entry + 8
	cmp	x0, x12
	b.ne	entry_is_damaged
	mrs	x0, tpidr_el0
	and	x0, x0, #ISR_A | ISR_MISSING
	orr	x0, x0, #NEXT_KERNEL_RUNS	/* the vectors stay purgatory's */
	msr	tpidr_el0, x0
	ldr	x0, purgatory_kernel_dtb
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	.irp	number, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26
	mov	x\number, xzr
	.endr
	.irp	number, 28, 29, 30
	mov	x\number, xzr
	.endr
	mov	sp, x4
	br	x27
	.size	purgatory_start, . - purgatory_start

	.section .note.GNU-stack, "", %progbits
