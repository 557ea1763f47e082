/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stands for the next kernel: writes the state in which it was entered, and the first word of the
 * device tree, to the PL011 of QEMU's virt machine, and switches the machine off. It must run at
 * any address and uses no stack.
 *
 *   x19  the PL011   x22  number to write   x21  digits left   x23  scratch
 *   x20  1 at EL2 without E2H, for the macros of purgatory
 *   x24-x27  x0-x3 at entry
 */
#include "registers.h"

#define UART	 0x09000000
#define PSCI_OFF 0x84000008

	/* Write " NAME=" and the register. */
	.macro	report name, register
	mov	x22, \register
	adr	x1, 8f
	bl	write_text
	bl	write_number
	b	9f
8:	.asciz	" \name=0x"
	.balign	4
9:
	.endm

	.text
	.global	next_kernel_start
next_kernel_start:
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
	mrs	x23, daif
	report	daif, x23
	mrs	x23, CurrentEL
	report	currentel, x23
	find_regime x20
	read_el	x23, sctlr
	report	sctlr, x23
	read_el	x23, mair
	report	mair, x23
	read_el	x23, tcr
	report	tcr, x23
	read_el	x23, ttbr0
	report	ttbr0, x23
	cbnz	x20, 3f
	mrs	x23, ttbr1_el1
	report	ttbr1, x23
3:
	adr	x1, 5f
	bl	write_text
	ldr	w0, =PSCI_OFF
	mrs	x23, CurrentEL
	cmp	x23, #8
	b.eq	4f
	hvc	#0
4:	smc	#0
	b	.
1:	.asciz	"kernel:"
5:	.asciz	"\r\n"
	.balign	4

write_text:
	ldrb	w2, [x1], #1
	cbz	w2, 1f
	str	w2, [x19]
	b	write_text
1:	ret

write_number:
	mov	x21, #16
1:	ror	x22, x22, #60
	and	x2, x22, #15
	cmp	x2, #10
	add	x3, x2, #'0'
	add	x4, x2, #'a' - 10
	csel	x2, x3, x4, lo
	str	w2, [x19]
	subs	x21, x21, #1
	b.ne	1b
	ret

	.section .note.GNU-stack, "", %progbits
