/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Chooses and tries the SHA-256 engine that purgatory uses.
 */
#include "engine.h"

#include <stddef.h>

#include "arch_interface.h"
#include "purgatory.h"

enum sha256_engine engine_wanted(bool cached)
{
	const uint32_t engine = purgatory_engine;

	return engine < SHA256_ENGINE_COUNT ? (enum sha256_engine)engine
					    : arch_choose_engine(cached);
}

struct engine_choice engine_choose(bool cached)
{
	struct engine_choice choice = {.wanted = engine_wanted(cached), .verdict = ENGINE_RIGHT};

	arch_set_engine(choice.wanted);
	if (choice.wanted != SHA256_GENERIC)
		choice.verdict = arch_has_engine(choice.wanted) ? arch_try_engine(choice.wanted)
								: ENGINE_MISSING;
	choice.engine = choice.verdict == ENGINE_RIGHT ? choice.wanted : SHA256_GENERIC;
	arch_set_engine(choice.engine);
	return choice;
}

/*
 * The first block of NIST's example of two ("Examples with Intermediate Values", SHA256.pdf), and
 * the state after it.
 */
static const _Alignas(8) uint8_t block[SHA256_BLOCK_SIZE] =
	"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq\x80";
static const uint32_t state_after[8] = {0x85e655d6, 0x417a1795, 0x3363376a, 0x624cde5c,
					0x76e09589, 0xcac5f811, 0xcc4b32c1, 0xf20e533a};

/* Hash the block as @count messages, at least one. True if all states are right. */
static bool takes_block(enum sha256_engine engine, size_t count)
{
	struct sha256 hashes[SHA256_LANES_MAX];
	const void *blocks[SHA256_LANES_MAX];
	uint32_t difference = 0;
	size_t i = 0, word;

	do { /* a do loop, because GCC 12 would warn that another loop may be skipped */
		sha256_init(&hashes[i], engine);
		blocks[i] = block;
	} while (++i < count);
	sha256_update_many(hashes, blocks, count, sizeof(block));
	for (i = 0; i < count; i++)
		for (word = 0; word < 8; word++)
			difference |= hashes[i].state[word] ^ state_after[word];
	return difference == 0;
}

enum engine_verdict engine_test(enum sha256_engine engine)
{
	const size_t lanes = sha256_lanes(engine);

	if (!takes_block(engine, 1) || (lanes > 1 && !takes_block(engine, lanes)))
		return ENGINE_WRONG;
	return ENGINE_RIGHT;
}

const char *engine_name(uint32_t engine)
{
	/* Arrays, not pointers, because pointers would have to be relocated. */
	static const char names[SHA256_ENGINE_COUNT][16] = SHA256_ENGINE_NAMES;

	return engine < SHA256_ENGINE_COUNT ? names[engine] : "unknown";
}
