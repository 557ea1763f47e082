/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The manifest, byte by byte: chunks, order, digests.
 */
#include <endian.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "digest/sha256_digest.h"
#include "plan/manifest_build.h"
#include "support.h"

#define CHUNK MANIFEST_CHUNK_SIZE

static void test_size(void **state)
{
	static const struct {
		uint64_t covered;
		enum segment_role role;
		uint64_t chunks;
	} cases[] = {
		{0, SEGMENT_KERNEL, 0},
		{1, SEGMENT_KERNEL, 1},
		{CHUNK, SEGMENT_INITRD, 1},
		{CHUNK + 1, SEGMENT_DTB, 2},
		{10 * CHUNK, SEGMENT_PURGATORY, 10},
		{10 * CHUNK, SEGMENT_MANIFEST, 0},
		{UINT64_MAX, SEGMENT_KERNEL, UINT64_MAX / CHUNK + 1},
	};

	(void)state;
	assert_int_equal(sizeof(struct manifest), 16);
	assert_int_equal(sizeof(struct manifest_chunk), 64);
	assert_int_equal(manifest_build_size(NULL, 0, true), 16);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct segment segments[2] = {
			{.role = cases[i].role, .covered = cases[i].covered, .size = UINT64_MAX},
			{.role = SEGMENT_KERNEL, .covered = 3},
		};

		assert_int_equal(manifest_build_size(segments, 1, true), 16 + 64 * cases[i].chunks);
		assert_int_equal(manifest_build_size(segments, 2, true),
				 16 + 64 * (cases[i].chunks + 1));
	}
}

/* Hash it with two threads. */
static void write_manifest(struct manifest *manifest, const struct segment *segments, size_t count)
{
	struct chunk_hash *hash;

	assert_int_equal(chunk_hash_open(&hash, SHA256_GENERIC, 2), 0);
	manifest_build_write(manifest, segments, count, hash, NULL);
	chunk_hash_close(hash);
}

struct expected_chunk {
	uint64_t address, length, offset;
	enum segment_role role;
	uint32_t flags;
};

static void check_chunk(const struct manifest_chunk *chunk, const struct expected_chunk *expected,
			const uint8_t *data)
{
	uint8_t digest[SHA256_DIGEST_SIZE];

	assert_int_equal(le64toh(chunk->address), expected->address);
	assert_int_equal(le64toh(chunk->length), expected->length);
	assert_int_equal(le64toh(chunk->offset), expected->offset);
	assert_int_equal(le32toh(chunk->role), expected->role);
	assert_int_equal(le32toh(chunk->flags), expected->flags);
	sha256_digest(SHA256_GENERIC, data + expected->offset, expected->length, digest);
	assert_memory_equal(chunk->digest, digest, sizeof(digest));
}

static void test_write(void **state)
{
	/* Purgatory first, the others as they stand; never the manifest's own segment. */
	static const struct expected_chunk expected[] = {
		{0x60000000, 100, 0, SEGMENT_PURGATORY, MANIFEST_CHUNK_CLEAN},
		{0x61000000, 7, 0, SEGMENT_PURGATORY, MANIFEST_CHUNK_CLEAN},
		{0x48000000, CHUNK, 0, SEGMENT_INITRD, 0},
		{0x48100000, CHUNK, CHUNK, SEGMENT_INITRD, 0},
		{0x48200000, 5, 2 * CHUNK, SEGMENT_INITRD, 0},
		{0x40000000, CHUNK, 0, SEGMENT_KERNEL, MANIFEST_CHUNK_CLEAN},
		{0x47000000, 9, 0, SEGMENT_DTB, MANIFEST_CHUNK_CLEAN},
	};
	uint8_t *data = test_noise_make(2 * CHUNK + 5);
	const struct segment segments[] = {
		{.role = SEGMENT_INITRD,
		 .address = 0x48000000,
		 .data = data,
		 .size = 2 * CHUNK + 5,
		 .covered = 2 * CHUNK + 5},
		{.role = SEGMENT_PURGATORY,
		 .address = 0x60000000,
		 .data = data,
		 .size = 4096,
		 .covered = 100},
		{.role = SEGMENT_PURGATORY, .address = 0x62000000, .data = data, .size = 4096},
		{.role = SEGMENT_MANIFEST,
		 .address = 0x63000000,
		 .data = data,
		 .size = 4096,
		 .covered = 4096},
		{.role = SEGMENT_KERNEL,
		 .address = 0x40000000,
		 .data = data,
		 .size = CHUNK,
		 .covered = CHUNK},
		{.role = SEGMENT_PURGATORY,
		 .address = 0x61000000,
		 .data = data,
		 .size = 7,
		 .covered = 7},
		{.role = SEGMENT_DTB, .address = 0x47000000, .data = data, .size = 9, .covered = 9},
		{.role = SEGMENT_PAGETABLE, .address = 0x64000000, .data = data, .size = 4096},
	};
	uint64_t size = manifest_build_size(segments, ARRAY_SIZE(segments), true);
	struct manifest *manifest = calloc(1, size);

	(void)state;
	assert_non_null(manifest);
	assert_int_equal(size, 16 + 64 * ARRAY_SIZE(expected));
	write_manifest(manifest, segments, ARRAY_SIZE(segments));
	assert_memory_equal(manifest, "KXMANIFE\1\0\0\0\7\0\0\0", 16);
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		check_chunk(&manifest->chunks[i], &expected[i], data);
	free(manifest);
	free(data);
}

/* The digest's bytes are in the order of FIPS 180-4: its example "abc". */
static void test_digest(void **state)
{
	static const uint8_t digest[] = {
		0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
		0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
		0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
	};
	const struct segment segment = {.data = "abcdef", .size = 6, .covered = 3};
	struct manifest *manifest = calloc(1, manifest_build_size(&segment, 1, true));

	(void)state;
	assert_non_null(manifest);
	write_manifest(manifest, &segment, 1);
	assert_memory_equal(manifest->chunks[0].digest, digest, sizeof(digest));
	free(manifest);
}

static void test_write_nothing(void **state)
{
	struct manifest manifest = {0};

	(void)state;
	write_manifest(&manifest, NULL, 0);
	assert_memory_equal(&manifest, "KXMANIFE\1\0\0\0\0\0\0\0", 16);
}

/* Memory behind the data is zero, and covered as that, also where a chunk has no data at all. */
static void test_zeros(void **state)
{
	uint8_t *memory = calloc(1, 2 * CHUNK);
	const struct segment segment = {
		.role = SEGMENT_KERNEL,
		.data = "abc",
		.size = 3,
		.covered = 2 * CHUNK - 1,
	};
	uint64_t size = manifest_build_size(&segment, 1, true);
	struct manifest *manifest = calloc(1, size);
	uint8_t expected[SHA256_DIGEST_SIZE];

	(void)state;
	assert_non_null(memory);
	assert_non_null(manifest);
	memory[0] = 'a';
	memory[1] = 'b';
	memory[2] = 'c';
	write_manifest(manifest, &segment, 1);
	assert_int_equal(manifest->chunk_count, 2);
	sha256_digest(SHA256_GENERIC, memory, CHUNK, expected);
	assert_memory_equal(manifest->chunks[0].digest, expected, sizeof(expected));
	sha256_digest(SHA256_GENERIC, memory + CHUNK, CHUNK - 1, expected);
	assert_memory_equal(manifest->chunks[1].digest, expected, sizeof(expected));
	free(manifest);
	free(memory);
}

/* Digests that Python's hashlib computed, of noise from @offset on and of the zeros behind it. */
static void test_known_digests(void **state)
{
	static const struct {
		size_t offset, size;
		uint64_t covered, chunk;
		const char *digest; /* of that chunk, the last one */
	} cases[] = {
		{0, 1, 1, 0, "dabd3aff769f07eb2965401eb029974ebba3407afd02b26ddb564ea5f8efae72"},
		{0, 12 * CHUNK + 5, 12 * CHUNK + 5, 12,
		 "86345d48f2bb32c0360b15e9f4f9696db5cb417eeb40c0eed54633d3c20375fc"},
		{0, 12 * CHUNK + 5, 13 * CHUNK, 12,
		 "3f55a7c2946bb0c0cc76c60c6763b8dee1f00e7ce61c385196b46796f3673951"},
		{CHUNK, CHUNK, CHUNK, 0,
		 "c82c461eb61f1eb972fd5b30837ab557a1a3c19821ef8d37bc6bdccb5e420edc"},
		{CHUNK, CHUNK, 3 * CHUNK, 2,
		 "30e14955ebf1352266dc2ff8067e68104607e750abb9d3b36582b8af909fcb58"},
		{0, 1, 3 * CHUNK - 1, 2,
		 "ca7ed0c4a8e67cbdc461c4cb0d286d2fabbd9f0c41a7f42b665f72ebaa8aec56"},
		{12 * CHUNK, 5, (UINT64_C(4) << 30) + 1, 4096,
		 "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
		{0, 0, 1, 0, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
	};
	uint8_t *noise = test_noise_make(12 * CHUNK + 5);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct segment segment = {
			.address = 0x80000000,
			.data = cases[i].size ? noise + cases[i].offset : NULL,
			.size = cases[i].size,
			.covered = cases[i].covered,
		};
		struct manifest *manifest = calloc(1, manifest_build_size(&segment, 1, true));
		const struct manifest_chunk *chunk = &manifest->chunks[cases[i].chunk];
		char digest[2 * SHA256_DIGEST_SIZE + 1];

		assert_non_null(manifest);
		write_manifest(manifest, &segment, 1);
		assert_int_equal(le32toh(manifest->chunk_count), cases[i].chunk + 1);
		assert_int_equal(le64toh(chunk->offset), cases[i].chunk * CHUNK);
		assert_int_equal(le64toh(chunk->address), 0x80000000 + cases[i].chunk * CHUNK);
		assert_int_equal(le64toh(chunk->length), cases[i].covered - cases[i].chunk * CHUNK);
		for (size_t j = 0; j < SHA256_DIGEST_SIZE; j++)
			snprintf(digest + 2 * j, 3, "%02x", chunk->digest[j]);
		assert_string_equal(digest, cases[i].digest);
		free(manifest);
	}
	free(noise);
}

/* Without verification only what is to be cleaned is listed, without digests. */
static void test_unverified(void **state)
{
	static const uint8_t zeros[SHA256_DIGEST_SIZE];
	const struct segment segments[] = {
		{.role = SEGMENT_INITRD, .data = "abc", .size = 3, .covered = 3},
		{.role = SEGMENT_KERNEL, .address = 8, .data = "abc", .size = 3, .covered = 3},
	};
	uint64_t size = manifest_build_size(segments, ARRAY_SIZE(segments), false);
	struct manifest *manifest = calloc(1, size);

	(void)state;
	assert_non_null(manifest);
	assert_int_equal(size, 16 + 64);
	manifest_build_write(manifest, segments, ARRAY_SIZE(segments), NULL, NULL);
	assert_int_equal(manifest->chunk_count, 1);
	assert_int_equal(manifest->chunks[0].address, 8);
	assert_int_equal(manifest->chunks[0].flags,
			 MANIFEST_CHUNK_CLEAN | MANIFEST_CHUNK_UNCHECKED);
	assert_memory_equal(manifest->chunks[0].digest, zeros, sizeof(zeros));
	free(manifest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_size),	      cmocka_unit_test(test_write),
		cmocka_unit_test(test_digest),	      cmocka_unit_test(test_zeros),
		cmocka_unit_test(test_write_nothing), cmocka_unit_test(test_unverified),
		cmocka_unit_test(test_known_digests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
