/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The way in and the way out on arm64.
 *
 * Entered at purgatory_start by the old kernel's relocation code, at the physical address:
 *   - MMU, D-cache and I-cache off: every data access is to Device memory and must be aligned;
 *   - at EL1, at EL2, or at EL2 with HCR_EL2.E2H set; there the *_EL2 names mean the same registers
 *     with and without E2H. That level is never left: the next kernel needs it;
 *   - stale lines of our memory may be in the caches. No register holds anything of use.
 *
 * The next kernel is entered as Documentation/arch/arm64/booting.rst asks: x0 = device tree,
 * x1 to x3 = 0, DAIF masked, SCTLR_ELx as it was at entry, I-cache invalidated.
 *
 * Registers:
 *   x19        SCTLR_ELx as it was at entry
 *   x20        CurrentEL
 *   x0-x4      scratch, then arguments and the next kernel's entry
 *   TPIDR_ELx  how many exceptions were taken (vectors.S)
 *
 * Literals and ADR reach 1 MiB. There is no ADRP: the linker's fix of Cortex-A53 erratum 843419
 * would not reach an object that kexec relocates.
 */
#include "registers.h"

	.text
	.global	purgatory_start
	.type	purgatory_start, %function
	.balign	4
purgatory_start:
	msr	daifset, #0xf
	adr	x0, purgatory_vectors
	mrs	x20, CurrentEL
	cmp	x20, #CURRENT_EL2
	b.eq	1f
	msr	vbar_el1, x0
	msr	tpidr_el1, xzr
	mrs	x19, sctlr_el1
	b	2f
1:	msr	vbar_el2, x0
	msr	tpidr_el2, xzr
	mrs	x19, sctlr_el2
2:	isb
	orr	x0, x19, #SCTLR_I
	bl	set_sctlr
	bl	clean_stack

	adr	x0, purgatory_stack_end
	mov	sp, x0
	mov	x29, xzr
	bl	purgatory_main

	mov	x0, x19
	bl	set_sctlr
	ldr	x4, purgatory_kernel_entry
	ldr	x0, purgatory_kernel_dtb
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	br	x4
	.size	purgatory_start, . - purgatory_start

/*
 * Set SCTLR_ELx to x0, of which only the I bit differs from what it is.
 *
 * Before the I-cache goes on, lines of what was at these addresses earlier may be in it: nothing
 * invalidates it on the crash path. After it went off, lines of purgatory are in it, which the next
 * kernel must not meet.
 */
	.type	set_sctlr, %function
set_sctlr:
	ic	iallu
	dsb	nsh
	isb
	cmp	x20, #CURRENT_EL2
	b.eq	1f
	msr	sctlr_el1, x0
	b	2f
1:	msr	sctlr_el2, x0
2:	isb
	ic	iallu
	dsb	nsh
	isb
	ret
	.size	set_sctlr, . - set_sctlr

/*
 * Clean and invalidate the stack, the only memory that purgatory writes, to the PoC: a dirty line
 * there would be written back over our stack some time later. To be done before the first write.
 * Clobbers x0 to x2.
 */
	.type	clean_stack, %function
clean_stack:
	mrs	x0, ctr_el0
	ubfx	x0, x0, #16, #4		/* DminLine: log2 of words of 4 bytes */
	mov	x2, #4
	lsl	x2, x2, x0
	adr	x0, purgatory_stack
	adr	x1, purgatory_stack_end
1:	dc	civac, x0
	add	x0, x0, x2
	cmp	x0, x1
	b.lo	1b
	dsb	sy
	ret
	.size	clean_stack, . - clean_stack

	.section .note.GNU-stack, "", %progbits
