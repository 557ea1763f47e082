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

struct time_limit;

/* How memory is hashed. */
struct digest_way {
	enum sha256_engine engine;
	bool clean;  /* clean the cache lines before they are read, see arch_clean() */
	bool cached; /* memory is read through the cache: clean each line just before that */
};

/*
 * Hash 1 to SHA256_LANES_MAX pieces of memory, each of @size bytes. Each MiB of them is progress
 * to @limit. Returns false, and no digests, if that is reached.
 */
bool digest_pieces(const struct digest_way *way, const void *const data[], size_t count,
		   size_t size, struct time_limit *limit, uint8_t digests[][SHA256_DIGEST_SIZE]);

/*
 * Hash a message whose digest is known, as 1 to SHA256_LANES_MAX pieces. True if all digests are
 * right: then digest_pieces() works, and what it found to differ does.
 */
bool digest_is_known(const struct digest_way *way, size_t count, struct time_limit *limit);

/* True if two digests are equal. @expected may be a patched symbol. */
bool digest_equal(const uint8_t actual[SHA256_DIGEST_SIZE],
		  const volatile uint8_t expected[SHA256_DIGEST_SIZE]);

#endif
