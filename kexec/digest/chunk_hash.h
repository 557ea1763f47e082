/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Digests of chunks, computed by all CPUs while the rest of a load goes on.
 *
 * Memory is offered as soon as its contents are final, a growing piece of it again and again. Its
 * chunks, of MANIFEST_CHUNK_SIZE from its start on, are hashed in the background by threads of this
 * handle; when their digests are asked for, the caller's thread helps. If no thread can be made,
 * the caller's thread does all of it. The result never depends on the number of threads.
 *
 * This code does not know the chunks of the manifest, and the caller need not know them when it
 * offers memory. A digest belongs to the bytes at an address, and is computed at the latest when it
 * is asked for. Therefore memory that was offered must neither change nor go away before
 * chunk_hash_cancel() or chunk_hash_close().
 *
 * All functions are for one thread, the one that opened the handle.
 */
#ifndef DIGEST_CHUNK_HASH_H
#define DIGEST_CHUNK_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/progress.h"
#include "manifest.h"
#include "sha256.h"

struct chunk_hash;

/*
 * Make a handle that hashes with @engine, which must be one that this CPU has, on @cpus CPUs, of
 * which the caller's is one; 0 is taken as 1. Returns 0 or -ENOMEM, without a message.
 */
int chunk_hash_open(struct chunk_hash **hash, enum sha256_engine engine, unsigned int cpus);

/* The engine that it hashes with, for what is not whole chunks. */
enum sha256_engine chunk_hash_engine(const struct chunk_hash *hash);

/*
 * Say that the @size bytes at @data are final. What was offered before with the same @data is
 * continued where @size is larger. Bytes behind the last whole chunk are of no interest. Nothing is
 * done for a @hash of NULL.
 */
void chunk_hash_offer(struct chunk_hash *hash, const void *data, size_t size);

/*
 * Say that the digests of the whole chunks in the @size bytes at @data, which were offered, will be
 * asked for: they are what chunk_hash_show() counts.
 */
void chunk_hash_expect(struct chunk_hash *hash, const void *data, size_t size);

/*
 * Begin the stage "hashing" of @progress, of @total bytes, and show there what is hashed of the
 * chunks that are expected, by whichever thread, and what is counted. A @progress of NULL: show
 * nothing any more; the stage's end is the caller's.
 */
void chunk_hash_show(struct chunk_hash *hash, struct progress *progress, uint64_t total);

/* Count @size bytes that the caller has hashed by itself. */
void chunk_hash_count(struct chunk_hash *hash, uint64_t size);

/* The digest of the MANIFEST_CHUNK_SIZE bytes at @chunk; waits for it, or computes it. */
void chunk_hash_digest(struct chunk_hash *hash, const void *chunk,
		       uint8_t digest[SHA256_DIGEST_SIZE]);

/* Wait until nothing that was offered is read any more, and forget all of it; harmless on NULL. */
void chunk_hash_cancel(struct chunk_hash *hash);

/* Cancel, end the threads and free the handle; harmless on NULL. */
void chunk_hash_close(struct chunk_hash *hash);

#endif
