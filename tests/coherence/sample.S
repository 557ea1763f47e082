/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small program in purgatory's place, by which the checker itself is tested. At EL1 it writes
 * data with the caches off, switches MMU and caches on, uses an alias through TTBR1, replaces that
 * root, reads the payload, switches everything off and enters the next kernel.
 *
 * "step NAME, INSTRUCTION" is something that a real machine needs, left out with -DCHANGE=NAME.
 * "wrong NAME, INSTRUCTION" is a mistake, made with -DCHANGE=NAME only.
 * "either NAME, RIGHT, WRONG" is one of two instructions.
 *
 * Linked to SAMPLE; old_kernel is in front of the sample, which starts at sample_start and has a
 * page for each of text, data and two tables. It is entered with MMU and caches off or, as
 * sample_variant has it: 1, on with an identity map; 2, at EL2 with HCR_EL2.E2H, where the *_EL1
 * names mean the registers of EL2; 4, with TGE too, as Linux has it.
 *
 *   x0-x2  scratch   x18  TCR in force   x19  SCTLR with M, C and I clear   x20  the data
 *   x21  the data's alias
 */
#define SCTLR_M	  (1 << 0)
#define SCTLR_C	  (1 << 2)
#define SCTLR_I	  (1 << 12)
#define SCTLR_ALL (SCTLR_M | SCTLR_C | SCTLR_I)
#define MAIR	  0xff				      /* attribute 0: Normal Write-Back */
#define TCR_HALF  (25 | 1 << 8 | 1 << 10 | 3 << 12)   /* 39 bits, walks Write-Back */
#define TCR_EPD1  (1 << 23)
#define TCR_IRGN1 (3 << 24)
#define TCR	  (TCR_HALF | TCR_HALF << 16 | 2 << 30 | TCR_EPD1 | 1 << 32)
#define BLOCK	  (0x40000000 | 1 << 10 | 3 << 8 | 1) /* 1 GiB of RAM, inner shareable */
#define ALIAS	  0xffffff8000000000
#define PAYLOAD	  0x40400000
#define IMAGE_SIZE 0x4000
#define HCR_E2H	  (1 << 34)
#define HCR_TGE	  (1 << 27)

	.macro	step name, instruction:vararg
	.ifnc	\name, CHANGE
	\instruction
	.endif
	.endm

	.macro	wrong name, instruction:vararg
	.ifc	\name, CHANGE
	\instruction
	.endif
	.endm

	.macro	either name, right, wrong
	step	\name, \right
	wrong	\name, \wrong
	.endm

	/* Maintenance of @size bytes from @start. Clobbers x0 and x1. */
	.macro	maintain operation, start, size
	mov	x0, \start
	add	x1, x0, #\size
.Lmaintain\@:
	dc	\operation, x0
	add	x0, x0, #64
	cmp	x0, x1
	b.lo	.Lmaintain\@
	.endm

	.macro	set_tables tables
	mov	x0, #MAIR
	msr	mair_el1, x0
	ldr	x18, =TCR
	msr	tcr_el1, x18
	adr	x0, \tables
	msr	ttbr0_el1, x0
	.endm

	.text
	.global	old_kernel
old_kernel:
	ldr	w2, sample_variant
	mov	x0, xzr
	tbz	w2, #1, 1f
	mov	x1, #HCR_E2H
	orr	x0, x0, x1
1:	tbz	w2, #2, 2f
	orr	x0, x0, #HCR_TGE
2:	cbz	x0, 3f
	msr	hcr_el2, x0
	isb
3:	mrs	x19, sctlr_el1
	tbz	w2, #0, sample_start
	set_tables old_tables
	tlbi	vmalle1
	dsb	nsh
	isb
	mov	x1, #SCTLR_ALL
	orr	x0, x19, x1
	msr	sctlr_el1, x0
	isb
	b	sample_start
	.balign	8
	.global	sample_variant
	.type	sample_variant, %object
sample_variant:
	.quad	0
	.size	sample_variant, 8
	.ltorg

	.balign	4096
old_tables:
	.quad	0, BLOCK

	.balign	4096
	.global	sample_start
sample_start:
	adr	x2, sample_start
	adr	x20, data
	mrs	x0, sctlr_el1
	tbz	x0, #0, 1f
	step	clean_cached, maintain civac, x2, IMAGE_SIZE
	dsb	sy
	step	isb_cached, isb
	msr	sctlr_el1, x19
	isb

1:	/* MMU and caches off. */
	wrong	set_way, dc cisw, xzr
	step	clean_image, maintain civac, x2, IMAGE_SIZE
	step	dsb_image, dsb sy
	step	ic_on, ic iallu
	step	dsb_ic, dsb nsh
	step	isb_ic, isb
	orr	x0, x19, #SCTLR_I
	msr	sctlr_el1, x0
	isb
	str	x0, [x20]
	ldr	x0, [x20]
	step	order_data, dmb sy
	step	invalidate_data, maintain ivac, x20, 64
	dsb	sy

	set_tables tables_a
	step	tlbi_on, tlbi vmalle1
	either	dsb_tlbi, "dsb nsh", "dsb nshst"
	step	isb_tables, isb
	mov	x1, #SCTLR_ALL
	orr	x0, x19, x1
	msr	sctlr_el1, x0
	step	isb_on, isb

	/* MMU and caches on. */
	ldr	x0, [x20]
	str	x0, [x20, #64]
	wrong	drop_dirty, maintain ivac, x20, 128
	adr	x0, tables_b
	ldr	x1, =BLOCK
	str	x1, [x0, #8]

	/* An alias through TTBR1 by the first tables, then by the second. */
	adr	x0, tables_a
	msr	ttbr1_el1, x0
	isb
	bic	x18, x18, #TCR_EPD1
	msr	tcr_el1, x18
	isb
	mov	x21, #ALIAS
	add	x21, x21, x20
	ldr	x0, [x21]
	orr	x18, x18, #TCR_EPD1
	msr	tcr_el1, x18
	step	isb_epd, isb
	step	tlbi_root, tlbi vmalle1
	step	dsb_root, dsb nsh
	isb
	adr	x0, tables_b
	msr	ttbr1_el1, x0
	wrong	access_ttbr, ldr x1, [x20]
	step	isb_root, isb
	bic	x18, x18, #TCR_EPD1
	wrong	walk_uncached, bic x18, x18, #TCR_IRGN1
	msr	tcr_el1, x18
	isb
	ldr	x0, [x21]

	mov	x2, #PAYLOAD
	step	clean_payload, maintain civac, x2, 4096
	ldr	x0, [x2]
	adr	x1, patched
	ldr	w0, [x1]
	wrong	write_text, str w0, [x1]
	b	patched
	.balign	64
patched:
	nop
	wrong	stay_on, b leave

	step	isb_off, isb
	msr	sctlr_el1, x19
	isb
	/* Off again. What follows uses no memory until it is cleaned. */
	wrong	write_off, str x0, [x20, #64]
	adr	x2, sample_start
	step	clean_off, maintain civac, x2, IMAGE_SIZE
	step	dsb_off, dsb sy
	step	ic_off, ic iallu
	step	tlbi_off, tlbi vmalle1
	step	dsb_last, dsb nsh
	isb
	ldr	x0, [x20, #64]
leave:
	mov	x0, #PAYLOAD
	br	x0
	.ltorg

	.balign	4096
data:	.fill	512, 8, 0
	.balign	4096
tables_a:
	.quad	0, BLOCK
	.balign	4096
tables_b:
	.quad	0, 0
	.balign	4096

	.section .note.GNU-stack, "", %progbits
