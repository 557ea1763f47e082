/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SHA-256 by FIPS 180-4, for kexec and for purgatory: everything but the compression function.
 */
#include "sha256.h"

#include <stdbool.h>

#include "sha256_compress.h"

void sha256_init(struct sha256 *sha256, enum sha256_engine engine)
{
	static const uint32_t initial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
					    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
	size_t i;

	for (i = 0; i < 8; i++)
		sha256->state[i] = initial[i];
	sha256->length = 0;
	sha256->engine = engine;
}

/* Put bytes into the block buffer, which has room for them, and compress it once it is full. */
static void fill_block(struct sha256 *sha256, const uint8_t *data, size_t size)
{
	size_t used = sha256->length % SHA256_BLOCK_SIZE;
	size_t i;

	for (i = 0; i < size; i++)
		sha256->block[used + i] = data[i];
	sha256->length += size;
	if (used + size == SHA256_BLOCK_SIZE)
		sha256_compress(sha256->engine, sha256->state, sha256->block, 1);
}

/* True if whole blocks can be compressed where they are. */
static bool can_compress(const struct sha256 *sha256, const void *data)
{
	return sha256->length % SHA256_BLOCK_SIZE == 0 && (uintptr_t)data % 8 == 0;
}

void sha256_update(struct sha256 *sha256, const void *data, size_t size)
{
	const uint8_t *bytes = data;

	while (size > 0) {
		size_t step = SHA256_BLOCK_SIZE - sha256->length % SHA256_BLOCK_SIZE;

		if (can_compress(sha256, bytes) && size >= SHA256_BLOCK_SIZE) {
			step = size - size % SHA256_BLOCK_SIZE;
			sha256_compress(sha256->engine, sha256->state, bytes,
					step / SHA256_BLOCK_SIZE);
			sha256->length += step;
		} else {
			if (step > size)
				step = size;
			fill_block(sha256, bytes, step);
		}
		bytes += step;
		size -= step;
	}
}

void sha256_final(struct sha256 *sha256, uint8_t digest[SHA256_DIGEST_SIZE])
{
	static const uint8_t padding[SHA256_BLOCK_SIZE] = {0x80};
	uint64_t bits = sha256->length * 8;
	size_t used = sha256->length % SHA256_BLOCK_SIZE;
	uint8_t count[8];
	size_t i;

	for (i = 0; i < 8; i++)
		count[i] = (uint8_t)(bits >> (56 - 8 * i));
	/* The padding ends 8 bytes before the end of a block, where the count of bits goes. */
	sha256_update(sha256, padding, 1 + (SHA256_BLOCK_SIZE * 2 - 9 - used) % SHA256_BLOCK_SIZE);
	sha256_update(sha256, count, sizeof(count));
	for (i = 0; i < SHA256_DIGEST_SIZE; i++)
		digest[i] = (uint8_t)(sha256->state[i / 4] >> (24 - 8 * (i % 4)));
}

/*
 * How many of @count messages are hashed together: as many as there are lanes, or a few less. With
 * more than two lanes a message alone takes 1.4 to 2 times as long as in its lane
 * (docs/engines.md), so up to a quarter of the lanes may lie idle.
 */
static size_t count_group(size_t count, size_t lanes)
{
	if (count >= lanes)
		return lanes;
	return 4 * count >= 3 * lanes ? count : 1;
}

/*
 * Take in the whole blocks of @count messages, as many as the engine has lanes or fewer: the other
 * lanes take in the first message too, and their results are not used. Returns how many bytes of
 * each message were taken in; 0 if the engine cannot take them together.
 */
static size_t update_lanes(struct sha256 hashes[], const void *const data[], size_t count,
			   size_t lanes, size_t size)
{
	const size_t whole = size - size % SHA256_BLOCK_SIZE;
	const void *blocks[SHA256_LANES_MAX] = {NULL};
	uint32_t states[SHA256_LANES_MAX][8];
	size_t i, word;

	for (i = 0; i < count; i++)
		if (!can_compress(&hashes[i], data[i]))
			return 0;
	for (i = 0; i < lanes; i++) {
		const size_t source = i < count ? i : 0;

		blocks[i] = data[source];
		for (word = 0; word < 8; word++)
			states[i][word] = hashes[source].state[word];
	}
	sha256_compress_lanes(hashes[0].engine, states, blocks, whole / SHA256_BLOCK_SIZE);
	for (i = 0; i < count; i++) {
		for (word = 0; word < 8; word++)
			hashes[i].state[word] = states[i][word];
		hashes[i].length += whole;
	}
	return whole;
}

void sha256_update_many(struct sha256 hashes[], const void *const data[], size_t count, size_t size)
{
	const size_t lanes = count ? sha256_lanes(hashes[0].engine) : 1;
	size_t i;

	while (count > 0) {
		const size_t group = count_group(count, lanes);
		const size_t done = group > 1 ? update_lanes(hashes, data, group, lanes, size) : 0;

		for (i = 0; i < group; i++)
			sha256_update(&hashes[i], (const uint8_t *)data[i] + done, size - done);
		hashes += group;
		data += group;
		count -= group;
	}
}
