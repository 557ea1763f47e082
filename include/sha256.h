/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SHA-256 (FIPS 180-4), one source for both halves: kexec computes the digests of the manifest
 * with it and purgatory compares them.
 *
 * Engines compute the same digests with different instructions. The implementation runs with the
 * MMU off on arm64, where every data access is to Device memory: it makes no unaligned access and
 * uses no C library.
 */
#ifndef SHA256_H
#define SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_DIGEST_SIZE 32
#define SHA256_BLOCK_SIZE  64

/*
 * Engines: ways to compute SHA-256. The numbers are patched into purgatory (purgatory_engine). An
 * architecture has SHA256_GENERIC and its own engines. Any other number means SHA256_GENERIC there.
 */
enum sha256_engine {
	SHA256_GENERIC,	       /* portable C */
	SHA256_ARM64_SHA2,     /* SHA2 instructions, one stream */
	SHA256_ARM64_SHA2_X2,  /* SHA2 instructions, two interleaved messages */
	SHA256_ARM64_NEON_X4,  /* four messages in vectors, for CPUs without SHA2 */
	SHA256_ARM64_UNCACHED, /* the fewest accesses to memory, for the MMU off without SHA2 */
	SHA256_RISCV64_ZBB,
	SHA256_RISCV64_ZKNH,	 /* Zbb and Zknh */
	SHA256_RISCV64_ZVKNH,	 /* Zvknha or Zvknhb, and Zvkb */
	SHA256_RISCV64_ZVKNH_X2, /* two interleaved messages */
	SHA256_RISCV64_RVV,	 /* V, one message a lane, and Zbb for one that is left over */
	SHA256_ENGINE_COUNT
};

/* Names of the engines, in --engine, plan.json and purgatory's report, indexed by the number. */
#define SHA256_ENGINE_NAMES                                           \
	{                                                             \
		"generic", "sha2", "sha2-x2", "neon-x4",  "uncached", \
		"zbb",	   "zknh", "zvknh",   "zvknh-x2", "rvv",      \
	}

/* The most messages that any engine hashes at once. */
#define SHA256_LANES_MAX 8

/* A digest being computed; the fields belong to sha256.c, and to purgatory's trial of engines. */
struct sha256 {
	uint32_t state[8];
	uint64_t length; /* bytes taken in so far */
	enum sha256_engine engine;
	_Alignas(8) uint8_t block[SHA256_BLOCK_SIZE];
};

/* Begin a digest. The CPU must have what the engine needs. */
void sha256_init(struct sha256 *sha256, enum sha256_engine engine);

/* Take in @size bytes at @data, of any alignment; fastest if @data is aligned to 8 bytes. */
void sha256_update(struct sha256 *sha256, const void *data, size_t size);

/* End the digest and write it to @digest; @sha256 must be initialised again before further use. */
void sha256_final(struct sha256 *sha256, uint8_t digest[SHA256_DIGEST_SIZE]);

/* How many messages an engine digests at once, 1 to SHA256_LANES_MAX. */
unsigned int sha256_lanes(enum sha256_engine engine);

/*
 * Take in @size bytes of each of @count messages, any number of them: data[i] goes into hashes[i].
 * All have the same engine and have taken in equally many bytes. Lanes are used only while that is
 * a multiple of SHA256_BLOCK_SIZE and all data is aligned to 8 bytes.
 */
void sha256_update_many(struct sha256 hashes[], const void *const data[], size_t count,
			size_t size);

#endif
