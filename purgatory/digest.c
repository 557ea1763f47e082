/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hashing memory, and comparing the digests with those that kexec computed.
 */
#include "digest.h"

#include "arch_interface.h"

/*
 * The bytes of each piece that are cleaned in one step if memory is cached: few enough that the
 * smallest first-level caches hold them until they are hashed.
 */
#define STRIP_SIZE 4096

void digest_clean(enum sha256_engine engine, const void *const data[], size_t count, size_t size,
		  bool cached, uint8_t digests[][SHA256_DIGEST_SIZE])
{
	struct sha256 hashes[SHA256_LANES_MAX];
	const void *strips[SHA256_LANES_MAX];
	const size_t longest = cached ? STRIP_SIZE : size;
	size_t done, step, i;

	for (i = 0; i < count; i++)
		sha256_init(&hashes[i], engine);
	for (done = 0; done < size; done += step) {
		step = size - done < longest ? size - done : longest;
		for (i = 0; i < count; i++) {
			strips[i] = (const uint8_t *)data[i] + done;
			arch_clean(strips[i], step);
		}
		sha256_update_many(hashes, strips, count, step);
	}
	for (i = 0; i < count; i++)
		sha256_final(&hashes[i], digests[i]);
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
