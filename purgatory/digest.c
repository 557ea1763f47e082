/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hashing memory, and comparing with what kexec found there.
 */
#include "digest.h"

#include "arch.h"

/* Cleaned at once: so few bytes that the smallest first-level caches hold them until hashed. */
#define STRIP_SIZE 4096

void digest_clean(const void *data, size_t size, uint8_t digest[SHA256_DIGEST_SIZE])
{
	const uint8_t *bytes = data;
	struct sha256 sha256;

	sha256_init(&sha256);
	while (size > 0) {
		size_t step = size < STRIP_SIZE ? size : STRIP_SIZE;

		arch_clean(bytes, step);
		sha256_update(&sha256, bytes, step);
		bytes += step;
		size -= step;
	}
	sha256_final(&sha256, digest);
}

bool digest_equal(const uint8_t actual[SHA256_DIGEST_SIZE],
		  const volatile uint8_t expected[SHA256_DIGEST_SIZE])
{
	unsigned int difference = 0;
	size_t i;

	for (i = 0; i < SHA256_DIGEST_SIZE; i++)
		difference |= actual[i] ^ expected[i];
	return difference == 0;
}
