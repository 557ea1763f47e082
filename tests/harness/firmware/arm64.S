/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stands for firmware at EL3 that lets the levels below have what every CPU has, and nothing else:
 * the bits that hand a feature on are 0, those that trap something are 1 (Arm DDI 0487, D24:
 * SCR_EL3, CPTR_EL3, MDCR_EL3). TF-A leaves a feature trapped unless its build enables it, whatever
 * the ID registers say (ENABLE_SME_FOR_NS, ENABLE_FEAT_TCR2 and so on).
 *
 * Enters the old kernel at EL2 if there is one, else at EL1. An exception from there is written to
 * the PL011, and then nothing follows; or with FLAG_INJECT the level it came from gets it as an
 * undefined instruction, which newer firmware does (TF-A's inject_undef64()). Of PSCI there are off
 * and reset, by lines of the PL061 that QEMU's virt has with secure=on.
 *
 *   x19  the PL011   x20  number to write   x21  digits left
 */
#define UART	    0x09000000
#define FLAG_INJECT 0 /* bit of firmware_flags; machine.py has the same */

/* RES1, NS, HCE and RW; and traps of RAS, LORegions and RNDR. Not for purgatory to use: PAuth (API,
 * APK), MTE (ATA), SCXTNUM, fine-grained traps, ECV, HCRX_EL2, TPIDR2_EL0, TCR2, SCTLR2, PIE. */
#define SCR	  (1 << 0 | 3 << 4 | 1 << 8 | 1 << 10 | 1 << 14 | 1 << 15)
#define SCR_TRNDR (1 << 40)

/* Traps of the activity monitors and of trace registers. SVE (EZ) and SME (ESM) are not let through;
 * the traps of SIMD (TFP) and of CPACR_EL1 itself (TCPAC) stay off, or Linux would not run. */
#define CPTR (1 << 30 | 1 << 20)

/* Traps of the performance monitors, debug registers, OS lock, DCC and trace filter; statistical
 * profiling and the trace buffer belong to no level below. */
#define MDCR (1 << 6 | 1 << 9 | 1 << 10 | 1 << 19 | 1 << 27)

#define GPIO	       0x090b0000
#define GPIO_DIRECTION 0x400
#define GPIO_OFF       0 /* lines; the address of a line's data is its bit, shifted left by 2 */
#define GPIO_RESET     1
#define PSCI_OFF       0x84000008
#define PSCI_RESET     0x84000009

#define ESR_EC	    26
#define EC_SMC	    0x17
#define SPSR_EL1H   0x3c5
#define SPSR_EL2H   0x3c9
#define ESR_UNKNOWN (1 << 25)
#define PFR0_EL2    8

	.text
	.global	firmware_start
firmware_start:
	b	begin
	.balign	8
	.global	firmware_next, firmware_flags
firmware_next:				/* where to enter the old kernel */
	.quad	0
firmware_flags:
	.quad	0

begin:
	adr	x0, vectors
	msr	vbar_el3, x0
	ldr	x0, =SCR | SCR_TRNDR
	msr	scr_el3, x0
	ldr	x0, =CPTR
	msr	cptr_el3, x0
	ldr	x0, =MDCR
	msr	mdcr_el3, x0
	ldr	x0, firmware_next
	msr	elr_el3, x0
	mrs	x0, id_aa64pfr0_el1
	ubfx	x0, x0, #PFR0_EL2, #4
	mov	x1, #SPSR_EL2H
	mov	x2, #SPSR_EL1H
	cmp	x0, #0
	csel	x1, x1, x2, ne
	msr	spsr_el3, x1
	isb
	eret

	.balign	2048
vectors:
	.rept	16
	.balign	128
	b	take_exception
	.endr

	.balign	128
take_exception:
	msr	tpidr_el3, x0
	mrs	x0, esr_el3
	lsr	x0, x0, #ESR_EC
	cmp	x0, #EC_SMC
	b.eq	call
	adr	x0, firmware_flags
	ldr	x0, [x0]
	tbnz	x0, #FLAG_INJECT, inject
	mov	x19, #UART
	adr	x1, 1f
	bl	write_text
	mrs	x20, esr_el3
	bl	write_number
	adr	x1, 2f
	bl	write_text
	mrs	x20, elr_el3
	bl	write_number
	adr	x1, 3f
	bl	write_text
	b	.
1:	.asciz	"firmware: trap esr=0x"
2:	.asciz	" elr=0x"
3:	.asciz	" halted\r\n"
	.balign	4

call:	mrs	x0, tpidr_el3
	ldr	w1, =PSCI_OFF
	cmp	w0, w1
	mov	x2, #1 << GPIO_OFF
	b.eq	1f
	ldr	w1, =PSCI_RESET
	cmp	w0, w1
	mov	x2, #1 << GPIO_RESET
	b.eq	1f
	mov	x0, #-1				/* PSCI's NOT_SUPPORTED */
	eret
1:	mov	x1, #GPIO
	str	w2, [x1, #GPIO_DIRECTION]
	str	w2, [x1, x2, lsl #2]
	b	.

	/* To the vector of the same level with its own SP, as purgatory uses it. */
	.macro	inject_at level, spsr
	mrs	x0, elr_el3
	msr	elr_\level, x0
	mrs	x0, spsr_el3
	msr	spsr_\level, x0
	mov	x0, #ESR_UNKNOWN
	msr	esr_\level, x0
	mrs	x0, vbar_\level
	add	x0, x0, #0x200
	msr	elr_el3, x0
	mov	x0, #\spsr
	msr	spsr_el3, x0
	mrs	x0, tpidr_el3
	eret
	.endm

inject:	mrs	x0, spsr_el3
	tbz	x0, #3, 1f
	inject_at el2, SPSR_EL2H
1:	inject_at el1, SPSR_EL1H

#include "../write-arm64.S"

	.section .note.GNU-stack, "", %progbits
