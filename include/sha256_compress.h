/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The layer below sha256.c: the compression function of FIPS 180-4, 6.2.2. sha256_engines.c of the
 * architecture (purgatory/arm64/, purgatory/riscv64/, purgatory/ for all others) provides
 * sha256_lanes() and all functions here but sha256_compress_generic().
 *
 * Engines are called by name from a switch. A table of pointers would be relocated to physical
 * addresses, but purgatory may run at the old kernel's linear map too.
 */
#ifndef SHA256_COMPRESS_H
#define SHA256_COMPRESS_H

#include <stddef.h>
#include <stdint.h>

#include "sha256.h"

/*
 * Take @count blocks, aligned to 8 bytes, into the state. An engine with lanes takes in a single
 * message with the fastest way that its CPU has for that.
 */
void sha256_compress(enum sha256_engine engine, uint32_t state[8], const void *blocks,
		     size_t count);

/*
 * Take @count blocks of each of sha256_lanes(engine) messages, aligned to 8 bytes, into their
 * states. Only called if that is more than 1.
 */
void sha256_compress_lanes(enum sha256_engine engine, uint32_t states[][8],
			   const void *const blocks[], size_t count);

/* SHA256_GENERIC; sha256_generic.c. */
void sha256_compress_generic(uint32_t state[8], const void *blocks, size_t count);

#endif
