/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writing the manifest: segments divided into chunks, a digest each.
 */
#include <endian.h>
#include <stdbool.h>
#include <string.h>

#include "plan/manifest_build.h"

/*
 * The flags of a role's chunks. What the next kernel reads before its caches are on must be right
 * in memory, not only in a cache: the kernel itself and the device tree. So must purgatory, because
 * it runs partly without caches. An initrd is read with caches on, and cleaning all of it would
 * cost more than its digest.
 */
bool manifest_build_is_cleaned(enum segment_role role)
{
	return role == SEGMENT_KERNEL || role == SEGMENT_DTB || role == SEGMENT_PURGATORY;
}

static uint32_t chunk_flags(enum segment_role role)
{
	return manifest_build_is_cleaned(role) ? MANIFEST_CHUNK_CLEAN : 0;
}

/*
 * Bytes of a segment that get chunks. The manifest itself gets none, because its digest is a symbol
 * of purgatory. Without verification only what has to be cleaned is listed.
 */
static uint64_t listed_size(const struct segment *segment, bool verify)
{
	if (segment->role == SEGMENT_MANIFEST || (!verify && !chunk_flags(segment->role)))
		return 0;
	return segment->covered;
}

static uint64_t chunk_count(const struct segment *segment, bool verify)
{
	uint64_t size = listed_size(segment, verify);

	return size / MANIFEST_CHUNK_SIZE + (size % MANIFEST_CHUNK_SIZE != 0);
}

uint64_t manifest_build_size(const struct segment *segments, size_t count, bool verify)
{
	uint64_t size = sizeof(struct manifest);
	size_t i;

	for (i = 0; i < count; i++)
		size += chunk_count(&segments[i], verify) * sizeof(struct manifest_chunk);
	return size;
}

/* A manifest while it is written. */
struct writer {
	struct chunk_hash *hash; /* NULL: nothing is verified */
	struct manifest_chunk *next;
	bool knows_zeros;
	uint8_t zeros[SHA256_DIGEST_SIZE]; /* the digest of a chunk of zeros */
};

/* The digest of @length bytes: @size bytes at @data, and then zeros. */
static void digest_bytes(enum sha256_engine engine, const uint8_t *data, uint64_t size,
			 uint64_t length, uint8_t digest[SHA256_DIGEST_SIZE])
{
	static const uint8_t zeros[4096];
	struct sha256 sha256;

	sha256_init(&sha256, engine);
	if (size > 0)
		sha256_update(&sha256, data, size);
	for (length -= size; length > 0; length -= size) {
		size = length < sizeof(zeros) ? length : sizeof(zeros);
		sha256_update(&sha256, zeros, size);
	}
	sha256_final(&sha256, digest);
}

/*
 * The digest of a chunk of zeros, computed once, because there may be many behind a large kernel.
 */
static void digest_zero_chunk(struct writer *writer, uint8_t digest[SHA256_DIGEST_SIZE])
{
	if (!writer->knows_zeros)
		digest_bytes(chunk_hash_engine(writer->hash), NULL, 0, MANIFEST_CHUNK_SIZE,
			     writer->zeros);
	writer->knows_zeros = true;
	memcpy(digest, writer->zeros, SHA256_DIGEST_SIZE);
}

/* The digest of @length bytes of a segment's memory: its data, and zeros behind them. */
static void digest_memory(struct writer *writer, const struct segment *segment, uint64_t offset,
			  uint64_t length, uint8_t digest[SHA256_DIGEST_SIZE])
{
	const uint8_t *data = segment->data;
	uint64_t size = offset < segment->size ? segment->size - offset : 0;

	if (size > length)
		size = length;
	if (size == MANIFEST_CHUNK_SIZE) {
		chunk_hash_digest(writer->hash, data + offset, digest);
		return;
	}
	if (size == 0 && length == MANIFEST_CHUNK_SIZE)
		digest_zero_chunk(writer, digest);
	else
		digest_bytes(chunk_hash_engine(writer->hash), size ? data + offset : NULL, size,
			     length, digest);
	chunk_hash_count(writer->hash, length);
}

static void write_chunk(struct writer *writer, const struct segment *segment, uint64_t offset,
			uint64_t length)
{
	struct manifest_chunk *chunk = writer->next++;

	chunk->address = htole64(segment->address + offset);
	chunk->length = htole64(length);
	chunk->offset = htole64(offset);
	chunk->role = htole32(segment->role);
	chunk->flags =
		htole32(chunk_flags(segment->role) | (writer->hash ? 0 : MANIFEST_CHUNK_UNCHECKED));
	if (!writer->hash)
		return;
	digest_memory(writer, segment, offset, length, chunk->digest);
}

static void write_segment(struct writer *writer, const struct segment *segment)
{
	const uint64_t covered = listed_size(segment, writer->hash);
	uint64_t offset;

	for (offset = 0; offset < covered; offset += MANIFEST_CHUNK_SIZE) {
		const uint64_t left = covered - offset;

		write_chunk(writer, segment, offset,
			    left < MANIFEST_CHUNK_SIZE ? left : MANIFEST_CHUNK_SIZE);
	}
}

/* Write the chunks of all segments that are purgatory's, or of all that are not. */
static void write_segments(struct writer *writer, const struct segment *segments, size_t count,
			   bool purgatory)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if ((segments[i].role == SEGMENT_PURGATORY) == purgatory)
			write_segment(writer, &segments[i]);
	}
}

/* Let threads hash everything that is not hashed yet, while the chunks are written one by one. */
static void begin_hashing(struct chunk_hash *hash, const struct segment *segments, size_t count,
			  struct progress *progress)
{
	uint64_t total = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		const uint64_t listed = listed_size(&segments[i], true);
		const uint64_t size = listed < segments[i].size ? listed : segments[i].size;

		total += listed;
		chunk_hash_offer(hash, segments[i].data, size);
		chunk_hash_expect(hash, segments[i].data, size);
	}
	chunk_hash_show(hash, progress, total);
}

void manifest_build_write(struct manifest *manifest, const struct segment *segments, size_t count,
			  struct chunk_hash *hash, struct progress *progress)
{
	struct writer writer = {.hash = hash, .next = manifest->chunks};

	if (hash)
		begin_hashing(hash, segments, count, progress);
	write_segments(&writer, segments, count, true);
	write_segments(&writer, segments, count, false);
	if (hash)
		chunk_hash_show(hash, NULL, 0);
	progress_begin(progress, NULL, 0);
	manifest->magic = htole64(MANIFEST_MAGIC);
	manifest->version = htole32(MANIFEST_VERSION);
	manifest->chunk_count = htole32((uint32_t)(writer.next - manifest->chunks));
}
