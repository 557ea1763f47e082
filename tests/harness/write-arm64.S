/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writing to the PL011, for the stand-ins that have no stack: the one for the next kernel and the one
 * for firmware include this.
 *
 *   x19  the PL011   x20  number to write; kept   x21  digits left   x1  text to write, ends in NUL
 *   x2-x4  scratch
 */
write_text:
	ldrb	w2, [x1], #1
	cbz	w2, 1f
	str	w2, [x19]
	b	write_text
1:	ret

write_number:
	mov	x21, #16
1:	ror	x20, x20, #60
	and	x2, x20, #15
	cmp	x2, #10
	add	x3, x2, #'0'
	add	x4, x2, #'a' - 10
	csel	x2, x3, x4, lo
	str	w2, [x19]
	subs	x21, x21, #1
	b.ne	1b
	ret
