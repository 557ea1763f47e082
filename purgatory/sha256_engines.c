/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The SHA-256 engines of machines that have only the portable one.
 */
#include "sha256_compress.h"

unsigned int sha256_lanes(enum sha256_engine engine)
{
	(void)engine;
	return 1;
}

void sha256_compress(enum sha256_engine engine, uint32_t state[8], const void *blocks, size_t count)
{
	(void)engine;
	sha256_compress_generic(state, blocks, count);
}

void sha256_compress_lanes(enum sha256_engine engine, uint32_t states[][8],
			   const void *const blocks[], size_t count)
{
	sha256_compress(engine, states[0], blocks[0], count);
}
