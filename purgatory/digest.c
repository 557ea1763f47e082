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

bool digest_is_known(const struct digest_way *way, size_t count, struct time_limit *limit)
{
	/* SHA-256 of the bytes 0, 1, 2 ... 143: two blocks, and a part of a third one. */
	static const uint8_t known[SHA256_DIGEST_SIZE] = {
		0x66, 0xf9, 0x52, 0xa8, 0x33, 0x39, 0x27, 0x4e, 0xb2, 0x87, 0xb6,
		0x4e, 0xf7, 0xb0, 0x28, 0xd8, 0x89, 0x15, 0xac, 0x6d, 0xf0, 0x6a,
		0x18, 0x3f, 0x7c, 0x04, 0x36, 0xfa, 0x2b, 0x25, 0x10, 0x7b,
	};
	const struct digest_way dry = {way->engine, false, way->cached};
	uint8_t actual[SHA256_LANES_MAX][SHA256_DIGEST_SIZE];
	_Alignas(8) uint8_t message[144];
	const void *messages[SHA256_LANES_MAX];
	bool right = true;
	size_t i;

	for (i = 0; i < sizeof(message); i++)
		message[i] = (uint8_t)i;
	for (i = 0; i < SHA256_LANES_MAX; i++)
		messages[i] = message;
	if (!digest_pieces(&dry, messages, count, sizeof(message), limit, actual))
		return false;
	for (i = 0; i < count; i++)
		right = right && digest_equal(actual[i], known);
	return right;
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
