/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writing the manifest: segments divided into chunks, a digest each.
 */
#include <endian.h>
#include <stdbool.h>

#include "machine/running_engine.h"
#include "plan/manifest_build.h"

/*
 * What the next kernel reads before its caches are on must be right in memory, not only in a cache:
 * itself and the device tree; purgatory because it runs partly without caches. An initrd is read
 * with caches on, and to clean all of it would cost more than its digest.
 */
static uint32_t chunk_flags(enum segment_role role)
{
	switch (role) {
	case SEGMENT_KERNEL:
	case SEGMENT_DTB:
	case SEGMENT_PURGATORY:
		return MANIFEST_CHUNK_CLEAN;
	default:
		return 0;
	}
}

/*
 * Bytes of a segment that get chunks: the manifest's own digest is a symbol of purgatory; without
 * verification only what is to be cleaned is listed.
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

uint64_t manifest_size(const struct segment *segments, size_t count, bool verify)
{
	uint64_t size = sizeof(struct manifest);
	size_t i;

	for (i = 0; i < count; i++)
		size += chunk_count(&segments[i], verify) * sizeof(struct manifest_chunk);
	return size;
}

/* Digest of @length bytes of a segment's memory: its data, and zeros where that has ended. */
static void digest_memory(const struct segment *segment, uint64_t offset, uint64_t length,
			  uint8_t digest[SHA256_DIGEST_SIZE])
{
	static const uint8_t zeros[4096];
	const uint8_t *data = segment->data;
	uint64_t part = offset < segment->size ? segment->size - offset : 0;
	struct sha256 sha256;

	if (part > length)
		part = length;
	sha256_init(&sha256, running_engine());
	if (part)
		sha256_update(&sha256, data + offset, part);
	for (length -= part; length > 0; length -= part) {
		part = length < sizeof(zeros) ? length : sizeof(zeros);
		sha256_update(&sha256, zeros, part);
	}
	sha256_final(&sha256, digest);
}

/* Write the chunks of @segment to @chunks; returns the place for the next one. */
static struct manifest_chunk *write_chunks(struct manifest_chunk *chunks,
					   const struct segment *segment, bool verify)
{
	uint64_t covered = listed_size(segment, verify);
	uint64_t offset;

	for (offset = 0; offset < covered; offset += MANIFEST_CHUNK_SIZE, chunks++) {
		uint64_t length = covered - offset;

		if (length > MANIFEST_CHUNK_SIZE)
			length = MANIFEST_CHUNK_SIZE;
		chunks->address = htole64(segment->address + offset);
		chunks->length = htole64(length);
		chunks->offset = htole64(offset);
		chunks->role = htole32(segment->role);
		chunks->flags = htole32(chunk_flags(segment->role) |
					(verify ? 0 : MANIFEST_CHUNK_UNCHECKED));
		if (verify)
			digest_memory(segment, offset, length, chunks->digest);
	}
	return chunks;
}

/* Write the chunks of all segments that are purgatory's, or of all that are not. */
static struct manifest_chunk *write_segments(struct manifest_chunk *chunks,
					     const struct segment *segments, size_t count,
					     bool verify, bool purgatory)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if ((segments[i].role == SEGMENT_PURGATORY) == purgatory)
			chunks = write_chunks(chunks, &segments[i], verify);
	}
	return chunks;
}

void manifest_write(struct manifest *manifest, const struct segment *segments, size_t count,
		    bool verify)
{
	struct manifest_chunk *end;

	end = write_segments(manifest->chunks, segments, count, verify, true);
	end = write_segments(end, segments, count, verify, false);
	manifest->magic = htole64(MANIFEST_MAGIC);
	manifest->version = htole32(MANIFEST_VERSION);
	manifest->chunk_count = htole32((uint32_t)(end - manifest->chunks));
}
