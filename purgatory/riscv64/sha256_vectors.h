/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which engines use vectors, as a number for assembler too.
 */
#ifndef PURGATORY_RISCV64_SHA256_VECTORS_H
#define PURGATORY_RISCV64_SHA256_VECTORS_H

/* SHA256_RISCV64_ZVKNH: this engine and all that follow. */
#define SHA256_FIRST_OF_VECTORS 7

#endif
