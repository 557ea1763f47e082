/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The manifest of a segment of up to 2 MiB, of any role and at any address: as many chunks as
 * manifest_build_size() has room for, and each byte that is covered in exactly one of them. Nothing
 * is hashed.
 */
#include "proof.h"

#include <stdlib.h>

#include "../../kexec/plan/manifest_build.c"

#define SEGMENTS    1
#define CHUNKS_MAX  2
#define COVERED_MAX (CHUNKS_MAX * MANIFEST_CHUNK_SIZE)

/* Nobody watches. */
void progress_begin(struct progress *progress, const char *stage, uint64_t total)
{
	(void)progress;
	(void)stage;
	(void)total;
}

static struct segment any_segment(void)
{
	struct segment segment = {
		.role = (enum segment_role)(nondet_uint32_t() % SEGMENT_ROLE_COUNT),
		.address = nondet_uint64_t(),
		.covered = nondet_uint64_t(),
	};

	__CPROVER_assume(segment.covered <= COVERED_MAX &&
			 segment.address <= UINT64_MAX - COVERED_MAX);
	return segment;
}

/* In how many chunks the byte lies. */
static unsigned int count_chunks(const struct manifest *manifest, uint64_t address)
{
	unsigned int count = 0;

	for (uint32_t i = 0; i < manifest->chunk_count; i++)
		count += address - manifest->chunks[i].address < manifest->chunks[i].length;
	return count;
}

void chunks(void)
{
	const struct segment segments[SEGMENTS] = {any_segment()};
	const uint64_t size = manifest_build_size(segments, SEGMENTS, false);
	const uint64_t address = nondet_uint64_t();
	/* A chunk more than there can be. */
	struct manifest *manifest =
		malloc(sizeof(struct manifest) +
		       (SEGMENTS * CHUNKS_MAX + 1) * sizeof(struct manifest_chunk));
	unsigned int expected = 0;

	__CPROVER_assume(manifest);
	manifest_build_write(manifest, segments, SEGMENTS, NULL, NULL);
	PROVE(sizeof(*manifest) + manifest->chunk_count * sizeof(struct manifest_chunk) == size);
	for (uint32_t i = 0; i < manifest->chunk_count; i++)
		PROVE(manifest->chunks[i].length > 0 &&
		      manifest->chunks[i].length <= MANIFEST_CHUNK_SIZE);
	for (int i = 0; i < SEGMENTS; i++)
		expected += manifest_build_is_cleaned(segments[i].role) &&
			    address - segments[i].address < segments[i].covered;
	REACHED();
	PROVE(count_chunks(manifest, address) == expected);
}
