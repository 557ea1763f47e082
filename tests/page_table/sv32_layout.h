/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where everything of the Sv32 test lies: physical addresses of QEMU's riscv32 "virt" machine. The
 * program that makes the tables, the guest and its linker script share this.
 */
#ifndef SV32_LAYOUT_H
#define SV32_LAYOUT_H

#define SV32_PAGE 0x1000

/* The guest, mapped to itself but for the guard page, into which its stack would grow. */
#define SV32_CODE	 0x80000000
#define SV32_CODE_SIZE	 0x2000
#define SV32_RODATA	 0x80002000
#define SV32_RODATA_SIZE 0x1000
#define SV32_GUARD	 0x80003000
#define SV32_DATA	 0x80004000
#define SV32_DATA_SIZE	 0x2000

/* The guest's code a second time: another index in the root, and unlike in all bits up to 4 MiB. */
#define SV32_ALIAS 0xc0123000

#define SV32_TABLES 0x80010000

/* Read-only payload: a block of 4 MiB, and a page behind it. */
#define SV32_PAYLOAD	  0x80400000
#define SV32_PAYLOAD_SIZE 0x401000

#define SV32_UART   0x10000000 /* 16550A, one byte per register */
#define SV32_FINISH 0x00100000 /* "sifive,test1": ends QEMU */

#endif
