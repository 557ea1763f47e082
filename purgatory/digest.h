/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hashing memory, and comparing the digests with those that kexec computed.
 */
#ifndef PURGATORY_DIGEST_H
#define PURGATORY_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sha256.h"

/*
 * Hash 1 to SHA256_LANES_MAX pieces of memory, each of @size bytes, and clean the cache lines
 * before they are read, see arch_clean(). If memory is read @cached, each line is cleaned just
 * before it is read, so that it is still in the cache.
 */
void digest_clean(enum sha256_engine engine, const void *const data[], size_t count, size_t size,
		  bool cached, uint8_t digests[][SHA256_DIGEST_SIZE]);

/* True if two digests are equal. @expected may be a patched symbol. */
bool digest_equal(const uint8_t actual[SHA256_DIGEST_SIZE],
		  const volatile uint8_t expected[SHA256_DIGEST_SIZE]);

#endif
