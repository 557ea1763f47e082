/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The assembler routines of the SHA-256 engines on riscv64. All take @count blocks, aligned to 8
 * bytes, into the state of each message; vectors must be on (sstatus.VS) for those that use them.
 */
#ifndef PURGATORY_RISCV64_SHA256_RISCV64_H
#define PURGATORY_RISCV64_SHA256_RISCV64_H

#include <stddef.h>
#include <stdint.h>

/* sha256_zbb.S, sha256_zknh.S and sha256_zvknh.S: one message. */
void sha256_riscv64_zbb(uint32_t state[8], const void *blocks, size_t count);
void sha256_riscv64_zknh(uint32_t state[8], const void *blocks, size_t count);
void sha256_riscv64_zvknh(uint32_t state[8], const void *blocks, size_t count);

/* sha256_zvknh_x2.S: two messages. */
void sha256_riscv64_zvknh_x2(uint32_t states[2][8], const void *const blocks[2], size_t count);

/* sha256_rvv.S: as many messages as there are lanes, a power of two from 4 to SHA256_LANES_MAX. */
unsigned int sha256_riscv64_rvv_lanes(void);
void sha256_riscv64_rvv(uint32_t states[][8], const void *const blocks[], size_t count);

#endif
