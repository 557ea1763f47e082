/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SHA-256 against NIST's CAVP vectors (SHAVS), and for every way of cutting and placing messages
 * against itself: each engine that the CPU has, the others against the portable one.
 *
 * SHA256_VECTORS names the directory of SHA256ShortMsg.rsp, SHA256LongMsg.rsp and SHA256Monte.rsp;
 * the default is where Debian's python3-cryptography-vectors has them.
 */
#include "support.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "digest/running_engine.h"
#include "digest/sha256_digest.h"
#include "sha256.h"

#define VECTORS_DEFAULT "/usr/lib/python3/dist-packages/cryptography_vectors/hashes/SHA2"

#define MESSAGE_SIZE 8192
#define ALIGNMENTS   16

/* More than two groups of lanes, and not a multiple of them. */
#define MESSAGES_MAX (2 * SHA256_LANES_MAX + 3)

/* SHAVS 6.4: so many digests are listed, each of so many steps. */
#define MONTE_COUNT 100
#define MONTE_STEPS 1000

static const char *const engine_names[SHA256_ENGINE_COUNT] = SHA256_ENGINE_NAMES;

/* Set @engine to the next one that this CPU has, from a negative number to the first. */
static bool next_engine(int *engine)
{
	const uint32_t available = running_engines();

	while (++*engine < SHA256_ENGINE_COUNT)
		if (available >> *engine & 1)
			return true;
	return false;
}

/* Say which it is where an engine's digest is wrong. */
static void check_digest(int engine, const uint8_t actual[SHA256_DIGEST_SIZE],
			 const uint8_t expected[SHA256_DIGEST_SIZE])
{
	if (memcmp(actual, expected, SHA256_DIGEST_SIZE) != 0)
		print_error("engine %s:\n", engine_names[engine]);
	assert_memory_equal(actual, expected, SHA256_DIGEST_SIZE);
}

/* Without the files the test is skipped, unless the environment says where they are. */
static FILE *open_vectors(const char *name)
{
	const char *directory = getenv("SHA256_VECTORS");
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory ? directory : VECTORS_DEFAULT, name);
	file = fopen(path, "r");
	if (!file && directory)
		fail_msg("cannot open %s", path);
	if (!file)
		test_skip("no CAVP vectors: install python3-cryptography-vectors, or set "
			  "SHA256_VECTORS to their directory");
	return file;
}

/* If the line is "KEY = value", where the value starts, else NULL. */
static const char *find_value(const char *line, const char *key)
{
	size_t length = strlen(key);

	if (strncmp(line, key, length) != 0 || strncmp(line + length, " = ", 3) != 0)
		return NULL;
	return line + length + 3;
}

/* Decode hexadecimal digits up to the end of the line; returns the count of bytes. */
static size_t decode(const char *hex, uint8_t *bytes, size_t size)
{
	size_t count;

	for (count = 0; count < size; count++) {
		unsigned int byte;

		if (sscanf(hex + 2 * count, "%2x", &byte) != 1)
			break;
		bytes[count] = (uint8_t)byte;
	}
	return count;
}

/* Check a message at an aligned and at an odd address. */
static void check_message(const uint8_t *message, size_t size, const uint8_t *expected)
{
	_Alignas(8) static uint8_t copy[MESSAGE_SIZE + 1];
	uint8_t digest[SHA256_DIGEST_SIZE];
	int engine = -1;
	size_t shift;

	while (next_engine(&engine)) {
		for (shift = 0; shift <= 1; shift++) {
			memcpy(copy + shift, message, size);
			sha256_digest((enum sha256_engine)engine, copy + shift, size, digest);
			check_digest(engine, digest, expected);
		}
	}
}

static void check_messages(const char *name, size_t count_expected)
{
	uint8_t expected[SHA256_DIGEST_SIZE];
	uint8_t message[MESSAGE_SIZE];
	FILE *file = open_vectors(name);
	size_t count = 0, size = 0, line_size = 0;
	const char *value;
	char *line = NULL;

	while (getline(&line, &line_size, file) > 0) {
		value = find_value(line, "Len");
		if (value) {
			size = strtoul(value, NULL, 10) / 8;
			assert_in_range(size, 0, sizeof(message));
		}
		value = find_value(line, "Msg");
		if (value)
			assert_true(decode(value, message, sizeof(message)) >= size);
		value = find_value(line, "MD");
		if (value) {
			assert_int_equal(decode(value, expected, sizeof(expected)),
					 sizeof(expected));
			check_message(message, size, expected);
			count++;
		}
	}
	assert_int_equal(count, count_expected);
	free(line);
	fclose(file);
}

static void test_short_messages(void **state)
{
	(void)state;
	check_messages("SHA256ShortMsg.rsp", 65);
}

static void test_long_messages(void **state)
{
	(void)state;
	check_messages("SHA256LongMsg.rsp", 64);
}

/* One listed digest: each step hashes the three digests before it; the last is the next seed. */
static void monte_carlo(int engine, uint8_t seed[SHA256_DIGEST_SIZE])
{
	uint8_t window[3 * SHA256_DIGEST_SIZE];
	uint8_t digest[SHA256_DIGEST_SIZE];
	size_t i;

	for (i = 0; i < 3; i++)
		memcpy(window + i * SHA256_DIGEST_SIZE, seed, SHA256_DIGEST_SIZE);
	for (i = 0; i < MONTE_STEPS; i++) {
		sha256_digest((enum sha256_engine)engine, window, sizeof(window), digest);
		memmove(window, window + SHA256_DIGEST_SIZE, 2 * SHA256_DIGEST_SIZE);
		memcpy(window + 2 * SHA256_DIGEST_SIZE, digest, SHA256_DIGEST_SIZE);
	}
	memcpy(seed, digest, SHA256_DIGEST_SIZE);
}

static void check_monte_carlo(int engine)
{
	uint8_t expected[SHA256_DIGEST_SIZE], seed[SHA256_DIGEST_SIZE] = {0};
	FILE *file = open_vectors("SHA256Monte.rsp");
	size_t count = 0, line_size = 0;
	const char *value;
	char *line = NULL;

	while (getline(&line, &line_size, file) > 0) {
		value = find_value(line, "Seed");
		if (value)
			assert_int_equal(decode(value, seed, sizeof(seed)), sizeof(seed));
		value = find_value(line, "MD");
		if (value) {
			assert_int_equal(decode(value, expected, sizeof(expected)),
					 sizeof(expected));
			monte_carlo(engine, seed);
			check_digest(engine, seed, expected);
			count++;
		}
	}
	assert_int_equal(count, MONTE_COUNT);
	free(line);
	fclose(file);
}

static void test_monte_carlo(void **state)
{
	int engine = -1;

	(void)state;
	while (next_engine(&engine))
		check_monte_carlo(engine);
}

/* Bytes and sizes that are different in every place, and the same in every run. */
static uint32_t next_random(uint32_t *random)
{
	*random = *random * 1664525 + 1013904223;
	return *random >> 8;
}

static void fill_random(uint8_t *bytes, size_t size, uint32_t *random)
{
	size_t i;

	for (i = 0; i < size; i++)
		bytes[i] = (uint8_t)next_random(random);
}

/* Cut at random places, the pieces give the digest of the whole. */
static void test_random_cuts(void **state)
{
	_Alignas(8) uint8_t message[MESSAGE_SIZE];
	uint8_t digest[SHA256_DIGEST_SIZE], whole[SHA256_DIGEST_SIZE];
	uint32_t random = 1;
	int round;

	(void)state;
	for (round = 0; round < 500; round++) {
		size_t size = next_random(&random) % sizeof(message);
		size_t longest = 1 + next_random(&random) % 300;
		int engine = -1;

		fill_random(message, size, &random);
		sha256_digest(SHA256_GENERIC, message, size, whole);
		while (next_engine(&engine)) {
			struct sha256 sha256;
			size_t done = 0;

			sha256_init(&sha256, (enum sha256_engine)engine);
			while (done < size) {
				size_t step = next_random(&random) % (longest + 1);

				if (step > size - done)
					step = size - done;
				sha256_update(&sha256, message + done, step);
				done += step;
			}
			sha256_final(&sha256, digest);
			check_digest(engine, digest, whole);
		}
	}
}

/* Wherever a message lies, it has the same digest; every size around the padding's limits. */
static void test_alignments(void **state)
{
	_Alignas(16) uint8_t copy[ALIGNMENTS + 4 * SHA256_BLOCK_SIZE];
	_Alignas(16) uint8_t message[4 * SHA256_BLOCK_SIZE];
	uint8_t digest[SHA256_DIGEST_SIZE], aligned[SHA256_DIGEST_SIZE];
	size_t size, shift;
	uint32_t random = 2;

	(void)state;
	fill_random(message, sizeof(message), &random);
	for (size = 0; size <= sizeof(message); size++) {
		sha256_digest(SHA256_GENERIC, message, size, aligned);
		for (shift = 0; shift < ALIGNMENTS; shift++) {
			int engine = -1;

			memcpy(copy + shift, message, size);
			while (next_engine(&engine)) {
				sha256_digest((enum sha256_engine)engine, copy + shift, size,
					      digest);
				check_digest(engine, digest, aligned);
			}
		}
	}
}

/* Several messages of one size, each somewhere in a buffer, and their digests. */
struct messages {
	size_t count, size;
	const void *data[MESSAGES_MAX];
	uint8_t digests[MESSAGES_MAX][SHA256_DIGEST_SIZE];
	_Alignas(16) uint8_t bytes[MESSAGES_MAX][MESSAGE_SIZE + ALIGNMENTS];
};

/* All aligned to @alignment, at odd multiples of it if it is less than 16. */
static void make_messages(struct messages *messages, size_t alignment, uint32_t *random)
{
	size_t i;

	messages->count = next_random(random) % (MESSAGES_MAX + 1);
	messages->size = next_random(random) % (MESSAGE_SIZE + 1);
	for (i = 0; i < messages->count; i++) {
		uint8_t *data = messages->bytes[i] + alignment % ALIGNMENTS;

		fill_random(data, messages->size, random);
		sha256_digest(SHA256_GENERIC, data, messages->size, messages->digests[i]);
		messages->data[i] = data;
	}
}

static void check_digests(int engine, const struct messages *messages,
			  uint8_t actual[][SHA256_DIGEST_SIZE])
{
	size_t i;

	for (i = 0; i < messages->count; i++)
		check_digest(engine, actual[i], messages->digests[i]);
}

/* Any number of messages at once. */
static void test_many(void **state)
{
	static const size_t alignments[] = {16, 8, 1};
	uint8_t digests[MESSAGES_MAX][SHA256_DIGEST_SIZE];
	static struct messages messages;
	uint32_t random = 3;
	int round;

	(void)state;
	for (round = 0; round < 300; round++) {
		int engine = -1;

		make_messages(&messages, alignments[round % 3], &random);
		while (next_engine(&engine)) {
			memset(digests, 0, sizeof(digests));
			sha256_digest_many((enum sha256_engine)engine, messages.data,
					   messages.count, messages.size, digests);
			check_digests(engine, &messages, digests);
		}
	}
}

/* The pieces of many messages, all cut at the same places: at blocks' ends, and anywhere. */
static void update_in_pieces(struct sha256 hashes[], const struct messages *messages,
			     size_t granularity, uint32_t *random)
{
	const void *data[MESSAGES_MAX];
	size_t done = 0, step, i;

	for (; done < messages->size; done += step) {
		step = (1 + next_random(random) % 500) * granularity;
		if (step > messages->size - done)
			step = messages->size - done;
		for (i = 0; i < messages->count; i++)
			data[i] = (const uint8_t *)messages->data[i] + done;
		sha256_update_many(hashes, data, messages->count, step);
	}
}

static void test_many_cuts(void **state)
{
	uint8_t digests[MESSAGES_MAX][SHA256_DIGEST_SIZE];
	struct sha256 hashes[MESSAGES_MAX];
	static struct messages messages;
	uint32_t random = 4;
	size_t i;
	int round;

	(void)state;
	for (round = 0; round < 300; round++) {
		int engine = -1;

		make_messages(&messages, 16, &random);
		while (next_engine(&engine)) {
			for (i = 0; i < messages.count; i++)
				sha256_init(&hashes[i], (enum sha256_engine)engine);
			update_in_pieces(hashes, &messages, round % 2 ? SHA256_BLOCK_SIZE : 1,
					 &random);
			for (i = 0; i < messages.count; i++)
				sha256_final(&hashes[i], digests[i]);
			check_digests(engine, &messages, digests);
		}
	}
}

/* Memory of at most a page that ends where nothing is mapped. */
static void *map_before_hole(size_t size)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint8_t *start =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(start, MAP_FAILED);
	assert_true(size <= page);
	assert_int_equal(mprotect(start + page, page, PROT_NONE), 0);
	return start + page - size;
}

/* As many messages as lanes: nothing behind them is read. */
static void test_many_end(void **state)
{
	static const uint64_t message[SHA256_BLOCK_SIZE / 8] = {1, 2, 3};
	uint8_t expected[SHA256_DIGEST_SIZE], actual[SHA256_DIGEST_SIZE];
	int engine = -1;

	(void)state;
	sha256_digest(SHA256_GENERIC, message, sizeof(message), expected);
	while (next_engine(&engine)) {
		const size_t lanes = sha256_lanes((enum sha256_engine)engine);
		struct sha256 *hashes = map_before_hole(lanes * sizeof(*hashes));
		const void **data = (const void **)map_before_hole(lanes * sizeof(*data));

		for (size_t i = 0; i < lanes; i++) {
			sha256_init(&hashes[i], (enum sha256_engine)engine);
			data[i] = message;
		}
		sha256_update_many(hashes, data, lanes, sizeof(message));
		for (size_t i = 0; i < lanes; i++) {
			sha256_final(&hashes[i], actual);
			check_digest(engine, actual, expected);
		}
	}
}

/* The engine that kexec takes is one that the CPU has; what else there is, for whoever reads. */
static void test_choice(void **state)
{
	int engine = -1;

	(void)state;
	while (next_engine(&engine)) {
		const unsigned int lanes = sha256_lanes((enum sha256_engine)engine);

		print_message("# engine %s, lanes: %u%s\n", engine_names[engine], lanes,
			      (int)running_engine() == engine ? ", taken" : "");
		assert_in_range(lanes, 1, SHA256_LANES_MAX);
	}
	assert_true(running_engines() >> SHA256_GENERIC & 1);
	assert_true(running_engines() >> running_engine() & 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_short_messages), cmocka_unit_test(test_long_messages),
		cmocka_unit_test(test_monte_carlo),    cmocka_unit_test(test_random_cuts),
		cmocka_unit_test(test_alignments),     cmocka_unit_test(test_many),
		cmocka_unit_test(test_many_cuts),      cmocka_unit_test(test_many_end),
		cmocka_unit_test(test_choice),
	};

	return test_status(cmocka_run_group_tests(tests, NULL, NULL));
}
