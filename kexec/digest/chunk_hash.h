/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Digests of chunks, computed by all CPUs while the rest of a load goes on.
 *
 * The caller offers memory as soon as its contents are final, and a growing piece again and again.
 * Threads of this handle hash its chunks, of MANIFEST_CHUNK_SIZE from its start on, in the
 * background. When the caller asks for the digests, its thread helps. If no thread can be made, the
 * caller's thread does all of the work. The result never depends on the number of threads.
 *
 * This code does not know the chunks of the manifest, and the caller need not know them when it
 * offers memory. A digest belongs to the bytes at an address, and is computed at the latest when
 * the caller asks for it. Therefore offered memory must neither change nor go away before
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
 * Make a handle that hashes with @engine, which this CPU must have, on @cpus CPUs, the caller's
 * included; 0 counts as 1. Returns 0 or -ENOMEM, without a message.
 */
int chunk_hash_open(struct chunk_hash **hash, enum sha256_engine engine, unsigned int cpus);

/* The engine of the handle, with which the caller hashes what is not a whole chunk. */
enum sha256_engine chunk_hash_engine(const struct chunk_hash *hash);

/*
 * Say that the @size bytes at @data are final. The same @data with a larger @size continues an
 * earlier offer. Bytes behind the last whole chunk are ignored. Does nothing if @hash is NULL.
 */
void chunk_hash_offer(struct chunk_hash *hash, const void *data, size_t size);

/*
 * Say that the caller will ask for the digests of the whole chunks in the @size bytes at @data,
 * which were offered. chunk_hash_show() counts these.
 */
void chunk_hash_expect(struct chunk_hash *hash, const void *data, size_t size);

/*
 * Begin the stage "hashing" of @progress, of @total bytes, and show there how many bytes are
 * hashed: the expected chunks, by whichever thread, and what chunk_hash_count() adds. If @progress
 * is NULL, show nothing any more; the caller ends the stage.
 */
void chunk_hash_show(struct chunk_hash *hash, struct progress *progress, uint64_t total);

/* Count @size bytes that the caller has hashed by itself. */
void chunk_hash_count(struct chunk_hash *hash, uint64_t size);

/* The digest of the MANIFEST_CHUNK_SIZE bytes at @chunk; waits for it, or computes it. */
void chunk_hash_digest(struct chunk_hash *hash, const void *chunk,
		       uint8_t digest[SHA256_DIGEST_SIZE]);

/* Wait until no thread reads offered memory any more, and forget all offers; harmless on NULL. */
void chunk_hash_cancel(struct chunk_hash *hash);

/* Cancel, end the threads and free the handle; harmless on NULL. */
void chunk_hash_close(struct chunk_hash *hash);

#endif
