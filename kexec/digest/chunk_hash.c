/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hashing chunks on several CPUs.
 *
 * One mutex guards everything. It is held for moments only, because a thread takes as many chunks
 * at once as its engine has lanes and hashes them without the mutex. Digests are in memory that may
 * move when more is offered, so threads store them under the mutex too.
 */
#include "digest/chunk_hash.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/threads.h"
#include "digest/sha256_digest.h"

/* More threads only wait for memory: this many cores read as fast as any machine can. */
#define WORKER_MAX 15

/*
 * How far ahead of the hashing data is read from disk, in bytes. Threads that read different chunks
 * of one file look like random access to the kernel, which would then read little ahead.
 */
#define READ_AHEAD (16 * MANIFEST_CHUNK_SIZE)

struct chunk {
	uint8_t digest[SHA256_DIGEST_SIZE];
	bool is_done;
	bool is_expected;
};

/* A piece of memory that was offered. All numbers count chunks. */
struct region {
	const uint8_t *data;
	size_t ready; /* in the memory offered so far */
	size_t taken; /* by threads, from the start on */
	struct chunk *chunks;
};

struct chunk_hash {
	enum sha256_engine engine;
	unsigned int worker_max;
	pthread_mutex_t mutex;
	pthread_cond_t offered;	 /* there is something to take, or the handle is closing */
	pthread_cond_t finished; /* a batch is hashed */
	struct region *regions;
	size_t region_count;
	size_t busy;	   /* batches in the hands of a thread */
	bool is_called_in; /* the caller waits: incomplete batches are taken too */
	bool is_closing;
	struct progress *progress; /* shows how much is hashed; not owned */
	uint64_t counted;	   /* bytes of expected chunks that are hashed */
	pthread_t workers[WORKER_MAX];
	unsigned int worker_count;
};

/* The chunks that a thread hashes at a time; they follow each other. */
struct batch {
	size_t region; /* its index */
	size_t first;
	size_t count;
	const uint8_t *data;
	size_t ahead; /* chunks of the region that lie behind the batch */
	uint8_t digests[SHA256_LANES_MAX][SHA256_DIGEST_SIZE];
};

/*
 * Take chunks that no thread has taken. While more may be offered, take only full batches: as many
 * chunks as the engine hashes at once. Returns false if there are none.
 */
static bool take_batch(struct chunk_hash *hash, struct batch *batch)
{
	const size_t lanes = sha256_lanes(hash->engine);
	const size_t least = hash->is_called_in ? 1 : lanes;
	size_t i = 0;

	while (i < hash->region_count && hash->regions[i].ready - hash->regions[i].taken < least)
		i++;
	if (i == hash->region_count)
		return false;
	batch->region = i;
	batch->first = hash->regions[i].taken;
	batch->count = hash->regions[i].ready - batch->first;
	if (batch->count > lanes)
		batch->count = lanes;
	batch->data = hash->regions[i].data + batch->first * MANIFEST_CHUNK_SIZE;
	batch->ahead = hash->regions[i].ready - batch->first - batch->count;
	hash->regions[i].taken += batch->count;
	hash->busy++;
	return true;
}

/*
 * Ask the kernel to read @size bytes at @data from disk. For other memory the advice has no effect.
 */
static void read_ahead(const uint8_t *data, size_t size)
{
	const uintptr_t page_mask = (uintptr_t)sysconf(_SC_PAGESIZE) - 1;
	const size_t before = (uintptr_t)data & page_mask;

	madvise((void *)(uintptr_t)(data - before), before + size, MADV_WILLNEED);
}

/* The part of the batch that needs no mutex. */
static void digest_batch(const struct chunk_hash *hash, struct batch *batch)
{
	const size_t distance = READ_AHEAD / MANIFEST_CHUNK_SIZE;
	const void *chunks[SHA256_LANES_MAX];
	size_t i;

	if (batch->ahead > distance)
		read_ahead(batch->data + READ_AHEAD,
			   (batch->ahead - distance < batch->count ? batch->ahead - distance
								   : batch->count) *
				   MANIFEST_CHUNK_SIZE);
	for (i = 0; i < batch->count; i++)
		chunks[i] = batch->data + i * MANIFEST_CHUNK_SIZE;
	sha256_digest_many(hash->engine, chunks, batch->count, MANIFEST_CHUNK_SIZE, batch->digests);
}

/* The mutex is held. */
static void count_bytes(struct chunk_hash *hash, uint64_t size)
{
	hash->counted += size;
	progress_update(hash->progress, hash->counted);
}

/* Hash chunks that were taken. The mutex is held, but not while hashing. */
static void do_batch(struct chunk_hash *hash, struct batch *batch)
{
	struct chunk *chunks;
	size_t i;

	pthread_mutex_unlock(&hash->mutex);
	digest_batch(hash, batch);
	pthread_mutex_lock(&hash->mutex);
	chunks = hash->regions[batch->region].chunks + batch->first;
	for (i = 0; i < batch->count; i++) {
		memcpy(chunks[i].digest, batch->digests[i], SHA256_DIGEST_SIZE);
		chunks[i].is_done = true;
		if (chunks[i].is_expected)
			count_bytes(hash, MANIFEST_CHUNK_SIZE);
	}
	hash->busy--;
	pthread_cond_signal(&hash->finished);
}

/* A worker thread. */
static void *work(void *context)
{
	struct chunk_hash *hash = context;
	struct batch batch;

	pthread_mutex_lock(&hash->mutex);
	while (!hash->is_closing) {
		if (take_batch(hash, &batch))
			do_batch(hash, &batch);
		else
			pthread_cond_wait(&hash->offered, &hash->mutex);
	}
	pthread_mutex_unlock(&hash->mutex);
	return NULL;
}

/*
 * Make as many threads as there are batches, but no more than there are CPUs besides the caller's.
 */
static void make_workers(struct chunk_hash *hash)
{
	const size_t lanes = sha256_lanes(hash->engine);
	size_t batches = 0;
	size_t i;

	for (i = 0; i < hash->region_count; i++)
		batches += (hash->regions[i].ready - hash->regions[i].taken) / lanes;
	while (hash->worker_count < hash->worker_max && hash->worker_count < batches + hash->busy)
		if (threads_start(&hash->workers[hash->worker_count], work, hash))
			hash->worker_max = hash->worker_count;
		else
			hash->worker_count++;
}

int chunk_hash_open(struct chunk_hash **hash, enum sha256_engine engine, unsigned int cpus)
{
	struct chunk_hash *new = calloc(1, sizeof(*new));

	if (!new)
		return -ENOMEM;
	new->engine = engine;
	/* The caller's CPU is one, even where none was counted. */
	new->worker_max = cpus ? cpus - 1 : 0;
	if (new->worker_max > WORKER_MAX)
		new->worker_max = WORKER_MAX;
	pthread_mutex_init(&new->mutex, NULL);
	pthread_cond_init(&new->offered, NULL);
	pthread_cond_init(&new->finished, NULL);
	*hash = new;
	return 0;
}

enum sha256_engine chunk_hash_engine(const struct chunk_hash *hash)
{
	return hash->engine;
}

/* The region that begins at @data, a new one if there is none; NULL without memory for it. */
static struct region *find_region(struct chunk_hash *hash, const uint8_t *data)
{
	struct region *regions;
	size_t i = 0;

	while (i < hash->region_count && hash->regions[i].data != data)
		i++;
	if (i < hash->region_count)
		return &hash->regions[i];
	regions = realloc(hash->regions, (i + 1) * sizeof(*regions));
	if (!regions)
		return NULL;
	regions[i] = (struct region){.data = data};
	hash->regions = regions;
	hash->region_count++;
	return &regions[i];
}

/* Extend the region to @ready chunks. If there is no memory for that, it stays as it is. */
static void extend_region(struct region *region, size_t ready)
{
	struct chunk *chunks;

	if (ready <= region->ready)
		return;
	chunks = realloc(region->chunks, ready * sizeof(*chunks));
	if (!chunks)
		return;
	memset(chunks + region->ready, 0, (ready - region->ready) * sizeof(*chunks));
	region->chunks = chunks;
	region->ready = ready;
}

void chunk_hash_offer(struct chunk_hash *hash, const void *data, size_t size)
{
	const size_t ready = size / MANIFEST_CHUNK_SIZE;
	struct region *region;

	if (!hash || ready == 0)
		return;
	pthread_mutex_lock(&hash->mutex);
	region = find_region(hash, data);
	if (region) {
		if (region->ready == 0)
			read_ahead(data, size < READ_AHEAD ? size : READ_AHEAD);
		extend_region(region, ready);
		make_workers(hash);
		pthread_cond_broadcast(&hash->offered);
	}
	pthread_mutex_unlock(&hash->mutex);
}

/* The chunk at that address, or NULL if it was not offered. */
static struct chunk *find_chunk(const struct chunk_hash *hash, const void *data)
{
	size_t i;

	for (i = 0; i < hash->region_count; i++) {
		const struct region *region = &hash->regions[i];
		const uintptr_t offset = (uintptr_t)data - (uintptr_t)region->data;

		if (offset % MANIFEST_CHUNK_SIZE == 0 &&
		    offset / MANIFEST_CHUNK_SIZE < region->ready)
			return &region->chunks[offset / MANIFEST_CHUNK_SIZE];
	}
	return NULL;
}

void chunk_hash_expect(struct chunk_hash *hash, const void *data, size_t size)
{
	size_t i;

	pthread_mutex_lock(&hash->mutex);
	for (i = 0; i < size / MANIFEST_CHUNK_SIZE; i++) {
		struct chunk *chunk =
			find_chunk(hash, (const uint8_t *)data + i * MANIFEST_CHUNK_SIZE);

		if (!chunk || chunk->is_expected)
			continue;
		chunk->is_expected = true;
		if (chunk->is_done)
			count_bytes(hash, MANIFEST_CHUNK_SIZE);
	}
	pthread_mutex_unlock(&hash->mutex);
}

void chunk_hash_show(struct chunk_hash *hash, struct progress *progress, uint64_t total)
{
	pthread_mutex_lock(&hash->mutex);
	hash->progress = progress;
	progress_begin(progress, "hashing", total);
	progress_skip(progress, hash->counted);
	pthread_mutex_unlock(&hash->mutex);
}

void chunk_hash_count(struct chunk_hash *hash, uint64_t size)
{
	pthread_mutex_lock(&hash->mutex);
	count_bytes(hash, size);
	pthread_mutex_unlock(&hash->mutex);
}

/* The caller waits: from now on threads hash what is left, incomplete batches too. */
static void call_in(struct chunk_hash *hash)
{
	if (!hash->is_called_in)
		pthread_cond_broadcast(&hash->offered);
	hash->is_called_in = true;
}

void chunk_hash_digest(struct chunk_hash *hash, const void *chunk,
		       uint8_t digest[SHA256_DIGEST_SIZE])
{
	const struct chunk *found;
	struct batch batch;

	pthread_mutex_lock(&hash->mutex);
	call_in(hash);
	found = find_chunk(hash, chunk);
	while (found && !found->is_done) {
		if (take_batch(hash, &batch))
			do_batch(hash, &batch);
		else
			pthread_cond_wait(&hash->finished, &hash->mutex);
	}
	if (found)
		memcpy(digest, found->digest, SHA256_DIGEST_SIZE);
	pthread_mutex_unlock(&hash->mutex);
	if (!found) {
		sha256_digest(hash->engine, chunk, MANIFEST_CHUNK_SIZE, digest);
		chunk_hash_count(hash, MANIFEST_CHUNK_SIZE);
	}
}

void chunk_hash_cancel(struct chunk_hash *hash)
{
	size_t i;

	if (!hash)
		return;
	pthread_mutex_lock(&hash->mutex);
	for (i = 0; i < hash->region_count; i++)
		hash->regions[i].taken = hash->regions[i].ready;
	while (hash->busy > 0)
		pthread_cond_wait(&hash->finished, &hash->mutex);
	for (i = 0; i < hash->region_count; i++)
		free(hash->regions[i].chunks);
	hash->region_count = 0;
	hash->is_called_in = false;
	hash->counted = 0;
	pthread_mutex_unlock(&hash->mutex);
}

void chunk_hash_close(struct chunk_hash *hash)
{
	unsigned int i;

	if (!hash)
		return;
	chunk_hash_cancel(hash);
	pthread_mutex_lock(&hash->mutex);
	hash->is_closing = true;
	pthread_cond_broadcast(&hash->offered);
	pthread_mutex_unlock(&hash->mutex);
	for (i = 0; i < hash->worker_count; i++)
		pthread_join(hash->workers[i], NULL);
	pthread_cond_destroy(&hash->finished);
	pthread_cond_destroy(&hash->offered);
	pthread_mutex_destroy(&hash->mutex);
	free(hash->regions);
	free(hash);
}
