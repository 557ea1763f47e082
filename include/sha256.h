/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SHA-256 (FIPS 180-4), one source for both halves: kexec computes the digests of the manifest
 * with it and purgatory compares them.
 *
 * The implementation runs with the MMU off on arm64, where every data access is to Device memory:
 * it never makes an unaligned access and it uses no C library.
 */
#ifndef SHA256_H
#define SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_DIGEST_SIZE 32
#define SHA256_BLOCK_SIZE  64

/* A digest being computed; the fields belong to sha256.c. */
struct sha256 {
	uint32_t state[8];
	uint64_t length; /* bytes taken in so far */
	_Alignas(8) uint8_t block[SHA256_BLOCK_SIZE];
};

/* Begin a digest. */
void sha256_init(struct sha256 *sha256);

/* Take in @size bytes at @data, of any alignment; fastest where @data is aligned to 8 bytes. */
void sha256_update(struct sha256 *sha256, const void *data, size_t size);

/* End the digest and write it to @digest; @sha256 must be initialised again before further use. */
void sha256_final(struct sha256 *sha256, uint8_t digest[SHA256_DIGEST_SIZE]);

/* The digest of one buffer: init, update and final in one. */
void sha256_digest(const void *data, size_t size, uint8_t digest[SHA256_DIGEST_SIZE]);

#endif
