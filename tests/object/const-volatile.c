/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What GCC before 13 puts into writable sections though all of it is constant, and other compilers
 * into read-only ones.
 */
typedef unsigned char u8;

__attribute__((section(".rodata.a"), used)) const volatile u8 x[2][4] = {{0}};
__attribute__((section(".rodata.b"), used)) const volatile int y = 0;
__attribute__((section(".rodata.digest"), used)) const volatile u8 z[4] = {0};
