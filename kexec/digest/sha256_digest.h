/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SHA-256 of whole messages, for kexec alone.
 */
#ifndef DIGEST_SHA256_DIGEST_H
#define DIGEST_SHA256_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "sha256.h"

/* The digest of one buffer: init, update and final in one. */
void sha256_digest(enum sha256_engine engine, const void *data, size_t size,
		   uint8_t digest[SHA256_DIGEST_SIZE]);

/* The digests of @count messages of the same size, any number of them. */
void sha256_digest_many(enum sha256_engine engine, const void *const messages[], size_t count,
			size_t size, uint8_t digests[][SHA256_DIGEST_SIZE]);

#endif
