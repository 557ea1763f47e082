/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Digests of whole messages. Purgatory looks at the clock between the pieces of one.
 */
#include "digest/sha256_digest.h"

void sha256_digest(enum sha256_engine engine, const void *data, size_t size,
		   uint8_t digest[SHA256_DIGEST_SIZE])
{
	struct sha256 sha256;

	sha256_init(&sha256, engine);
	sha256_update(&sha256, data, size);
	sha256_final(&sha256, digest);
}

void sha256_digest_many(enum sha256_engine engine, const void *const messages[], size_t count,
			size_t size, uint8_t digests[][SHA256_DIGEST_SIZE])
{
	const size_t lanes = sha256_lanes(engine);
	struct sha256 hashes[SHA256_LANES_MAX];
	size_t i;

	while (count > 0) {
		const size_t group = lanes < count ? lanes : count;

		for (i = 0; i < group; i++)
			sha256_init(&hashes[i], engine);
		sha256_update_many(hashes, messages, group, size);
		for (i = 0; i < group; i++)
			sha256_final(&hashes[i], digests[i]);
		messages += group;
		digests += group;
		count -= group;
	}
}
