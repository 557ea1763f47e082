/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stands for the next kernel: an Image that writes the state in which it was entered, and the first
 * word of the device tree, to the PL011 of QEMU's virt machine, and switches the machine off. It
 * runs at any address and uses no stack.
 *
 *   x19  the PL011   x20  number to write   x21  digits left   x22  true at EL2   x23  scratch
 *   x24-x27  x0-x3 at entry   x28  all that other general registers held, x27 and SP apart
 */
#define UART	    0x09000000
#define PSCI_OFF    0x84000008
#define CURRENT_EL2 (2 << 2)
#define HCR_E2H	    34
#define CPACR_FPEN  (3 << 20)
#define CPACR_SMEN  (3 << 24)
#define ADVSIMD_BIT 20 /* ID_AA64PFR0_EL1 */
#define NO_ADVSIMD  15
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
	.irp	number, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 28, 29, 30
	orr	x4, x4, x\number
	.endr
	mov	x28, x4
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
	report	rest, x28
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
	msr	cptr_el2, xzr
	tbz	x0, #FLAG_SME, simd
	b	sme
el1:	report_system sctlr, sctlr_el1
	report_system mair, mair_el1
	report_system tcr, tcr_el1
	report_system ttbr0, ttbr0_el1
	report_system ttbr1, ttbr1_el1
	report_system cpacr, cpacr_el1
	report_system esr, esr_el1
	ldr	x0, flags
	mov	x1, #CPACR_FPEN
	msr	cpacr_el1, x1
	tbz	x0, #FLAG_SME, simd
	mov	x1, #CPACR_SMEN | CPACR_FPEN
	msr	cpacr_el1, x1
sme:	isb
	report_system svcr, S3_3_C4_C2_2

	/* All that SIMD registers hold. */
simd:	isb
	mov	x28, xzr
	mrs	x0, id_aa64pfr0_el1
	ubfx	x0, x0, #ADVSIMD_BIT, #4
	cmp	x0, #NO_ADVSIMD
	b.eq	4f
	.irp	number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	orr	v0.16b, v0.16b, v\number\().16b
	.endr
	mov	x28, v0.d[0]
	mov	x0, v0.d[1]
	orr	x28, x28, x0
4:	report	simd, x28

	adr	x1, 2f
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
