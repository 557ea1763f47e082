/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stands for the next kernel: an Image that writes the state in which it was entered, and the first
 * word of the device tree, to the console of the SBI, and switches the machine off. It runs at any
 * address and uses no stack.
 *
 *   s2-s6  a0, a1, satp, sie, sstatus at entry   s7  number to write   s8  digits left   s9  text
 *   tp  sstatus.SDT at entry
 *   s10    scratch   s11  vectors' state at entry
 *   gp  all that other registers held, s1 apart
 */
#define SSTATUS_SDT (1 << 24)
#define SBI_PUTCHAR 1
#define SBI_SRST    0x53525354
#define SSTATUS_SIE 2
#define SSTATUS_VS  0x600
#define IMAGE_SIZE  0x1f0000 /* the next page is not mapped */

	/* Write " NAME=" and the register. */
	.macro	report name, register
	mv	s7, \register
	lla	s9, 8f
	jal	write_text
	jal	write_number
	j	9f
8:	.asciz	" \name=0x"
	.balign	4
9:
	.endm

	.option	norelax
	/* The header, Documentation/arch/riscv/boot-image-header.rst. */
	.text
	.global	next_kernel_start
next_kernel_start:
	j	begin
	.long	0
	.quad	0x200000			/* text_offset */
	.quad	IMAGE_SIZE
	.quad	0				/* little endian */
	.long	2, 0				/* version 0.2 */
	.quad	0
	.ascii	"RISCV\0\0\0"
	.ascii	"RSC\x05"
	.long	0

begin:
	.irp	register, ra, sp, tp, t0, t1, t2, t3, t4, t5, t6, s0, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, a2, a3, a4, a5, a6, a7
	or	gp, gp, \register
	.endr
	mv	s2, a0
	mv	s3, a1
	csrr	s4, satp
	csrr	s5, sie
	csrr	s6, sstatus
	li	tp, SSTATUS_SDT
	and	tp, tp, s6
	andi	s11, s6, SSTATUS_VS
	andi	s6, s6, SSTATUS_SIE
	lla	s9, 1f
	jal	write_text
	report	a0, s2
	report	a1, s3
	ld	s10, 0(s3)
	report	word, s10
	report	rest, gp
	report	satp, s4
	report	sie, s5
	report	sstatus_sie, s6
	report	sstatus_vs, s11
	report	sstatus_sdt, tp
	csrr	s10, stvec
	report	stvec, s10
	csrr	s10, scause
	report	scause, s10

	/* All that vectors hold, if there are any. */
	li	s10, 0
	li	t0, SSTATUS_VS
	csrs	sstatus, t0
	csrr	t1, sstatus
	and	t0, t0, t1
	beqz	t0, 3f
	.option	push
	.option	arch, +v
	csrw	vstart, zero
	vsetvli	t0, zero, e64, m8, ta, ma
	vor.vv	v0, v0, v8
	vor.vv	v0, v0, v16
	vor.vv	v0, v0, v24
	vsetvli	t0, zero, e64, m4, ta, ma
	vor.vv	v0, v0, v4
	vsetvli	t0, zero, e64, m2, ta, ma
	vor.vv	v0, v0, v2
	vsetvli	t0, zero, e64, m1, ta, ma
	vor.vv	v0, v0, v1
	vmv.v.i	v1, 0
	vredor.vs	v1, v0, v1
	vmv.x.s	s10, v1
	.option	pop
3:	report	vectors, s10
	lla	s9, 2f
	jal	write_text
	li	a7, SBI_SRST
	li	a6, 0
	li	a0, 0
	li	a1, 0
	ecall
	j	.
1:	.asciz	"kernel:"
2:	.asciz	"\r\n"
	.balign	4

write_text:
	lbu	a0, 0(s9)
	beqz	a0, 1f
	addi	s9, s9, 1
	li	a7, SBI_PUTCHAR
	ecall
	j	write_text
1:	ret

write_number:
	li	s8, 16
1:	srli	a0, s7, 60
	slli	s7, s7, 4
	li	t0, 10
	blt	a0, t0, 2f
	addi	a0, a0, 'a' - 10 - '0'
2:	addi	a0, a0, '0'
	li	a7, SBI_PUTCHAR
	ecall
	addi	s8, s8, -1
	bnez	s8, 1b
	ret

	.section .note.GNU-stack, "", %progbits
