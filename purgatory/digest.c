/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hashing memory, and comparing the digests with those that kexec computed.
 */
#include "digest.h"

#include "arch_interface.h"
#include "time_limit.h"

/*
 * The bytes of each piece that are cleaned in one step if memory is cached: few enough that the
 * smallest first-level caches hold them until they are hashed.
 */
#define STRIP_SIZE ((size_t)4096)

/*
 * The bytes of each piece from one look at the clock to the next. Many, because a read of the
 * counter is a trap on some machines, and hashed in one go if nothing is cleaned.
 */
#define LOOK_SIZE ((size_t)256 * 1024)

/* The bytes of each piece that are progress. */
#define PROGRESS_SIZE ((size_t)1024 * 1024)

static size_t smaller(size_t one, size_t other)
{
	return one < other ? one : other;
}

/* Hash the next bytes of each piece, [done, done + size). */
static void hash_strips(const struct digest_way *way, struct sha256 hashes[],
			const void *const data[], size_t count, size_t done, size_t size)
{
	const void *strips[SHA256_LANES_MAX];
	size_t i;

	for (i = 0; i < count; i++) {
		strips[i] = (const uint8_t *)data[i] + done;
		if (way->clean)
			arch_clean(strips[i], size);
	}
	sha256_update_many(hashes, strips, count, size);
}

bool digest_pieces(const struct digest_way *way, const void *const data[], size_t count,
		   size_t size, struct time_limit *limit, uint8_t digests[][SHA256_DIGEST_SIZE])
{
	const size_t longest = way->clean && way->cached ? STRIP_SIZE : LOOK_SIZE;
	struct sha256 hashes[SHA256_LANES_MAX];
	size_t done, i;

	for (i = 0; i < count; i++)
		sha256_init(&hashes[i], way->engine);
	for (done = 0; done < size;) {
		const size_t step = smaller(size - done, longest);

		hash_strips(way, hashes, data, count, done, step);
		done += step;
		if (done % LOOK_SIZE == 0 && time_limit_reached(limit))
			return false;
		if (done % PROGRESS_SIZE == 0)
			time_limit_progress(limit);
	}
	time_limit_progress(limit);
	for (i = 0; i < count; i++)
		sha256_final(&hashes[i], digests[i]);
	return true;
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
