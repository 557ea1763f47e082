/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SHA-256 against NIST's CAVP vectors (SHAVS), and against itself for every way of cutting and
 * placing a message.
 *
 * SHA256_VECTORS names the directory of SHA256ShortMsg.rsp, SHA256LongMsg.rsp and SHA256Monte.rsp;
 * the default is where Debian's python3-cryptography-vectors has them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sha256.h"

#define VECTORS_DEFAULT "/usr/lib/python3/dist-packages/cryptography_vectors/hashes/SHA2"

#define MESSAGE_SIZE 8192
#define ALIGNMENTS   16

/* SHAVS 6.4: so many digests are listed, each of so many steps. */
#define MONTE_COUNT 100
#define MONTE_STEPS 1000

static FILE *open_vectors(const char *name)
{
	const char *directory = getenv("SHA256_VECTORS");
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory ? directory : VECTORS_DEFAULT, name);
	file = fopen(path, "r");
	if (!file)
		fail_msg("cannot open %s: set SHA256_VECTORS to the CAVP files' directory", path);
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
	size_t shift;

	for (shift = 0; shift <= 1; shift++) {
		memcpy(copy + shift, message, size);
		sha256_digest(SHA256_GENERIC, copy + shift, size, digest);
		assert_memory_equal(digest, expected, sizeof(digest));
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
static void monte_carlo(uint8_t seed[SHA256_DIGEST_SIZE])
{
	uint8_t window[3 * SHA256_DIGEST_SIZE];
	uint8_t digest[SHA256_DIGEST_SIZE];
	size_t i;

	for (i = 0; i < 3; i++)
		memcpy(window + i * SHA256_DIGEST_SIZE, seed, SHA256_DIGEST_SIZE);
	for (i = 0; i < MONTE_STEPS; i++) {
		sha256_digest(SHA256_GENERIC, window, sizeof(window), digest);
		memmove(window, window + SHA256_DIGEST_SIZE, 2 * SHA256_DIGEST_SIZE);
		memcpy(window + 2 * SHA256_DIGEST_SIZE, digest, SHA256_DIGEST_SIZE);
	}
	memcpy(seed, digest, SHA256_DIGEST_SIZE);
}

static void test_monte_carlo(void **state)
{
	uint8_t expected[SHA256_DIGEST_SIZE], seed[SHA256_DIGEST_SIZE] = {0};
	FILE *file = open_vectors("SHA256Monte.rsp");
	size_t count = 0, line_size = 0;
	const char *value;
	char *line = NULL;

	(void)state;
	while (getline(&line, &line_size, file) > 0) {
		value = find_value(line, "Seed");
		if (value)
			assert_int_equal(decode(value, seed, sizeof(seed)), sizeof(seed));
		value = find_value(line, "MD");
		if (value) {
			assert_int_equal(decode(value, expected, sizeof(expected)),
					 sizeof(expected));
			monte_carlo(seed);
			assert_memory_equal(seed, expected, sizeof(seed));
			count++;
		}
	}
	assert_int_equal(count, MONTE_COUNT);
	free(line);
	fclose(file);
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
	struct sha256 sha256;
	uint32_t random = 1;
	int round;

	(void)state;
	for (round = 0; round < 500; round++) {
		size_t size = next_random(&random) % sizeof(message);
		size_t longest = 1 + next_random(&random) % 300;
		size_t done = 0;

		fill_random(message, size, &random);
		sha256_digest(SHA256_GENERIC, message, size, whole);
		sha256_init(&sha256, SHA256_GENERIC);
		while (done < size) {
			size_t step = next_random(&random) % (longest + 1);

			if (step > size - done)
				step = size - done;
			sha256_update(&sha256, message + done, step);
			done += step;
		}
		sha256_final(&sha256, digest);
		assert_memory_equal(digest, whole, sizeof(whole));
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
		for (shift = 1; shift < ALIGNMENTS; shift++) {
			memcpy(copy + shift, message, size);
			sha256_digest(SHA256_GENERIC, copy + shift, size, digest);
			assert_memory_equal(digest, aligned, sizeof(aligned));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_short_messages), cmocka_unit_test(test_long_messages),
		cmocka_unit_test(test_monte_carlo),    cmocka_unit_test(test_random_cuts),
		cmocka_unit_test(test_alignments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
