/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stands for the next kernel behind the sample: switches the machine off (PSCI SYSTEM_OFF).
 */
	.text
	.global	next_kernel
next_kernel:
	movz	w0, #0x8400, lsl #16
	movk	w0, #0x0008
	mrs	x1, CurrentEL
	cmp	x1, #(2 << 2)
	b.eq	1f
	hvc	#0
1:	smc	#0
	b	.

	.section .note.GNU-stack, "", %progbits
