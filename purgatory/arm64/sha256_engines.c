/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The SHA-256 engines of arm64, for purgatory and for kexec. The files of those in assembler say
 * what they need. Each is called only with a count of blocks above 0.
 */
#include "sha256_compress.h"

void sha256_arm64_sha2(uint32_t state[8], const void *blocks, size_t count);
void sha256_arm64_sha2_x2(uint32_t states[2][8], const void *const blocks[2], size_t count);
void sha256_arm64_neon_x4(uint32_t states[4][8], const void *const blocks[4], size_t count);
void sha256_arm64_uncached(uint32_t state[8], const void *blocks, size_t count);

unsigned int sha256_lanes(enum sha256_engine engine)
{
	switch (engine) {
	case SHA256_ARM64_SHA2_X2:
		return 2;
	case SHA256_ARM64_NEON_X4:
		return 4;
	default:
		return 1;
	}
}

void sha256_compress(enum sha256_engine engine, uint32_t state[8], const void *blocks, size_t count)
{
	switch (engine) {
	case SHA256_ARM64_SHA2:
	case SHA256_ARM64_SHA2_X2:
		sha256_arm64_sha2(state, blocks, count);
		break;
	case SHA256_ARM64_UNCACHED:
		sha256_arm64_uncached(state, blocks, count);
		break;
	default:
		sha256_compress_generic(state, blocks, count);
		break;
	}
}

void sha256_compress_lanes(enum sha256_engine engine, uint32_t states[][8],
			   const void *const blocks[], size_t count)
{
	if (engine == SHA256_ARM64_SHA2_X2)
		sha256_arm64_sha2_x2(states, blocks, count);
	else if (engine == SHA256_ARM64_NEON_X4)
		sha256_arm64_neon_x4(states, blocks, count);
}
