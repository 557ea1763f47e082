/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stands for the next kernel: an Image that writes the state in which it was entered, and the first
 * word of the device tree, to the PL011 of QEMU's virt machine, and switches the machine off. It
 * runs at any address and uses no stack.
 *
 *   x19  the PL011   x20  number to write   x21  digits left   x22  true at EL2   x23  scratch
 *   x24-x27  x0-x3 at entry
 */
#define UART	    0x09000000
#define PSCI_OFF    0x84000008
#define CURRENT_EL2 (2 << 2)
#define HCR_E2H	    34
#define CPACR_SMEN  (3 << 24)
#define FLAG_SME    0 /* bits of flags: report the state of SME; PSCI is at EL3 */
#define FLAG_SMC    1
#define IMAGE_SIZE  0x2f0000 /* the next page is not mapped */

	/* Write " NAME=" and the register. */
	.macro	report name, register
	mov	x20, \register
	adr	x1, 8f
	bl	write_text
	bl	write_number
	b	9f
8:	.asciz	" \name=0x"
	.balign	4
9:
	.endm

	.macro	report_system name, register
	mrs	x23, \register
	report	\name, x23
	.endm

	/* The header, Documentation/arch/arm64/booting.rst. */
	.text
	.global	next_kernel_start
next_kernel_start:
	b	begin
	.long	0
	.quad	0				/* text_offset */
	.quad	IMAGE_SIZE
	.quad	0xa				/* little endian, 4 KiB pages, anywhere */
flags:	.quad	0				/* res2; the test's, see load.py */
	.quad	0, 0
	.ascii	"ARM\x64"
	.long	0

begin:
	mov	x24, x0
	mov	x25, x1
	mov	x26, x2
	mov	x27, x3
	mov	x19, #UART
	adr	x1, 1f
	bl	write_text
	report	x0, x24
	report	x1, x25
	report	x2, x26
	report	x3, x27
	ldr	x23, [x24]
	report	word, x23
	report_system daif, daif
	report_system currentel, CurrentEL
	cmp	x23, #CURRENT_EL2
	cset	x22, eq
	b.ne	el1
	report_system hcr, hcr_el2
	tbnz	x23, #HCR_E2H, el1		/* there the names in _el1 mean EL2's registers */
	report_system sctlr, sctlr_el2
	report_system mair, mair_el2
	report_system tcr, tcr_el2
	report_system ttbr0, ttbr0_el2
	report_system cptr, cptr_el2
	report_system esr, esr_el2
	ldr	x0, flags
	tbz	x0, #FLAG_SME, off
	msr	cptr_el2, xzr
	b	sme
el1:	report_system sctlr, sctlr_el1
	report_system mair, mair_el1
	report_system tcr, tcr_el1
	report_system ttbr0, ttbr0_el1
	report_system ttbr1, ttbr1_el1
	report_system cpacr, cpacr_el1
	report_system esr, esr_el1
	ldr	x0, flags
	tbz	x0, #FLAG_SME, off
	mov	x0, #CPACR_SMEN
	msr	cpacr_el1, x0
sme:	isb
	report_system svcr, S3_3_C4_C2_2

off:	adr	x1, 2f
	bl	write_text
	ldr	w0, =PSCI_OFF
	cbnz	x22, 3f
	ldr	x1, flags
	tbnz	x1, #FLAG_SMC, 3f
	hvc	#0
3:	smc	#0
	b	.
1:	.asciz	"kernel:"
2:	.asciz	"\r\n"
	.balign	4

#include "../write-arm64.S"

	.section .note.GNU-stack, "", %progbits
