/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The portable SHA-256 engine, for kexec and for purgatory.
 *
 * On arm64 purgatory may run it with the MMU off. Every data access then goes to DRAM, so the
 * number of accesses decides: the message is loaded in aligned pairs of words, the schedule is a
 * rolling window of 16 words that compilers keep in registers, and the constants are immediates of
 * the unrolled rounds.
 */
#include "sha256_compress.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words are loaded as little endian");

/* Two words of a message in one load; it may alias whatever the caller hashes. */
typedef uint64_t __attribute__((may_alias)) word_pair;

/* Rotations and the functions of FIPS 180-4, 4.1.2. */
#define ROTATE_RIGHT(x, n) (((x) >> (n)) | ((x) << (32 - (n))))
#define BIG_SIGMA_0(x)	   (ROTATE_RIGHT(x, 2) ^ ROTATE_RIGHT(x, 13) ^ ROTATE_RIGHT(x, 22))
#define BIG_SIGMA_1(x)	   (ROTATE_RIGHT(x, 6) ^ ROTATE_RIGHT(x, 11) ^ ROTATE_RIGHT(x, 25))
#define SMALL_SIGMA_0(x)   (ROTATE_RIGHT(x, 7) ^ ROTATE_RIGHT(x, 18) ^ ((x) >> 3))
#define SMALL_SIGMA_1(x)   (ROTATE_RIGHT(x, 17) ^ ROTATE_RIGHT(x, 19) ^ ((x) >> 10))
#define CHOOSE(x, y, z)	   ((z) ^ ((x) & ((y) ^ (z))))
#define MAJORITY(x, y, z)  (((x) & (y)) | ((z) & ((x) | (y))))

/* Word i of the schedule: a word of the message, or a computed one in the place of word i - 16. */
#define WORD_GIVEN(i) (w[(i)])
#define WORD_MADE(i)    \
	(w[(i) & 15] += \
	 SMALL_SIGMA_1(w[((i) - 2) & 15]) + w[((i) - 7) & 15] + SMALL_SIGMA_0(w[((i) - 15) & 15]))

#define ROUND(a, b, c, d, e, f, g, h, constant, word)                                \
	do {                                                                         \
		h += BIG_SIGMA_1(e) + CHOOSE(e, f, g) + UINT32_C(constant) + (word); \
		d += h;                                                              \
		h += BIG_SIGMA_0(a) + MAJORITY(a, b, c);                             \
	} while (0)

/* Eight rounds from round i on. After these every variable has its own name again. */
#define EIGHT_ROUNDS(i, WORD, k0, k1, k2, k3, k4, k5, k6, k7)     \
	do {                                                      \
		ROUND(a, b, c, d, e, f, g, h, k0, WORD((i) + 0)); \
		ROUND(h, a, b, c, d, e, f, g, k1, WORD((i) + 1)); \
		ROUND(g, h, a, b, c, d, e, f, k2, WORD((i) + 2)); \
		ROUND(f, g, h, a, b, c, d, e, k3, WORD((i) + 3)); \
		ROUND(e, f, g, h, a, b, c, d, k4, WORD((i) + 4)); \
		ROUND(d, e, f, g, h, a, b, c, k5, WORD((i) + 5)); \
		ROUND(c, d, e, f, g, h, a, b, k6, WORD((i) + 6)); \
		ROUND(b, c, d, e, f, g, h, a, k7, WORD((i) + 7)); \
	} while (0)

/* This uses shifts, because a builtin would call libgcc on riscv64 without Zbb. */
static inline uint32_t swap_bytes(uint32_t x)
{
	return x >> 24 | (x >> 8 & 0xff00) | (x << 8 & 0xff0000) | x << 24;
}

/*
 * Load two words at once. The empty statement hides where the pair comes from, because clang would
 * make two loads otherwise.
 */
static inline uint64_t load_pair(const word_pair *pair)
{
	uint64_t value = *pair;

	__asm__("" : "+r"(value));
	return value;
}

/* Words 2i and 2i + 1 of the schedule. In the message their most significant byte comes first. */
#define LOAD_WORDS(i)                                                \
	do {                                                         \
		uint64_t pair = load_pair(&block[i]);                \
		w[2 * (i)] = swap_bytes((uint32_t)pair);             \
		w[2 * (i) + 1] = swap_bytes((uint32_t)(pair >> 32)); \
	} while (0)

/* Take one block into the state. */
static void compress(uint32_t state[8], const word_pair block[8])
{
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
	uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
	uint32_t w[16];

	LOAD_WORDS(0);
	LOAD_WORDS(1);
	LOAD_WORDS(2);
	LOAD_WORDS(3);
	LOAD_WORDS(4);
	LOAD_WORDS(5);
	LOAD_WORDS(6);
	LOAD_WORDS(7);
	/* clang-format off */
	EIGHT_ROUNDS(0, WORD_GIVEN, 0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
		     0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5);
	EIGHT_ROUNDS(8, WORD_GIVEN, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
		     0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174);
	EIGHT_ROUNDS(16, WORD_MADE, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
		     0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da);
	EIGHT_ROUNDS(24, WORD_MADE, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
		     0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967);
	EIGHT_ROUNDS(32, WORD_MADE, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
		     0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85);
	EIGHT_ROUNDS(40, WORD_MADE, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
		     0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070);
	EIGHT_ROUNDS(48, WORD_MADE, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
		     0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3);
	EIGHT_ROUNDS(56, WORD_MADE, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
		     0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2);
	/* clang-format on */
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
	state[5] += f;
	state[6] += g;
	state[7] += h;
}

void sha256_compress_generic(uint32_t state[8], const void *blocks, size_t count)
{
	const word_pair *pairs = blocks;

	for (; count > 0; count--, pairs += SHA256_BLOCK_SIZE / sizeof(*pairs))
		compress(state, pairs);
}
