/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The SHA-256 engines of riscv64.
 */
#include "sha256_compress.h"

#include "sha256_riscv64.h"
#include "sha256_vectors.h"

_Static_assert(SHA256_LANES_MAX == 8, "sha256_rvv.S has this number too");
_Static_assert(SHA256_FIRST_OF_VECTORS == SHA256_RISCV64_ZVKNH, "assembler and C mean the same");

unsigned int sha256_lanes(enum sha256_engine engine)
{
	switch (engine) {
	case SHA256_RISCV64_ZVKNH_X2:
		return 2;
	case SHA256_RISCV64_RVV:
		return sha256_riscv64_rvv_lanes();
	default:
		return 1;
	}
}

void sha256_compress(enum sha256_engine engine, uint32_t state[8], const void *blocks, size_t count)
{
	switch (engine) {
	case SHA256_RISCV64_ZBB:
	case SHA256_RISCV64_RVV:
		sha256_riscv64_zbb(state, blocks, count);
		break;
	case SHA256_RISCV64_ZKNH:
		sha256_riscv64_zknh(state, blocks, count);
		break;
	case SHA256_RISCV64_ZVKNH:
	case SHA256_RISCV64_ZVKNH_X2:
		sha256_riscv64_zvknh(state, blocks, count);
		break;
	default:
		sha256_compress_generic(state, blocks, count);
	}
}

void sha256_compress_lanes(enum sha256_engine engine, uint32_t states[][8],
			   const void *const blocks[], size_t count)
{
	if (engine == SHA256_RISCV64_ZVKNH_X2)
		sha256_riscv64_zvknh_x2(states, blocks, count);
	else
		sha256_riscv64_rvv(states, blocks, count);
}
