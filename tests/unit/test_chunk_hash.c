/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Chunks hashed by threads, with the engine that kexec itself takes here. The digests expected are
 * from Python's hashlib, over what test_noise_make() makes: the digest of all digests of whole
 * chunks, one after another.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "digest/chunk_hash.h"
#include "digest/running_engine.h"
#include "image/file.h"
#include "support.h"

#define CHUNK MANIFEST_CHUNK_SIZE

#define NOISE_SIZE (12 * CHUNK + 5)

/* Of as many whole chunks as there are in the noise from an offset on. */
static const struct {
	size_t offset;
	size_t count;
	const char *digest;
} known[] = {
	{0, 12, "58a631d48a36adc9b06fd4e1d7472903a10f2ae640ac2a7ff5c75ea0dc49d8cb"},
	{1, 11, "69b753c9260cc5c541002b927e06da4e5598775bab2b36ea59bdef72a5c07825"},
	{3, 11, "49165d2c60c30dc61c2f15de5db554e42ec1bb2cee9de5d538f11f3fb1015676"},
	{4, 11, "d1638aad181be03ae71060d0af23b27a0d40b345e86987876857cce2176f8cbb"},
};

/* Of one chunk of zeros. */
static const char zero_digest[] =
	"30e14955ebf1352266dc2ff8067e68104607e750abb9d3b36582b8af909fcb58";

/* Threads that may still be made; negative: as many as are asked for. */
static int threads_left;
static unsigned int threads_made;

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
			  void *(*start)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
			  void *(*start)(void *), void *argument);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
			  void *(*start)(void *), void *argument)
{
	if (threads_left == 0)
		return EAGAIN;
	if (threads_left > 0)
		threads_left--;
	threads_made++;
	return __real_pthread_create(thread, attributes, start, argument);
}

struct fixture {
	struct test_system system;
	uint8_t *noise;
};

static int set_up(void **state)
{
	struct fixture *fixture;
	int error = test_system_set_up(state, sizeof(*fixture));

	threads_left = -1;
	threads_made = 0;
	fixture = *state;
	fixture->noise = test_noise_make(NOISE_SIZE);
	return error;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	free(fixture->noise);
	return test_system_tear_down(state);
}

static struct chunk_hash *open_hash(unsigned int cpus)
{
	struct chunk_hash *hash;

	assert_int_equal(chunk_hash_open(&hash, running_engine(), cpus), 0);
	assert_int_equal(chunk_hash_engine(hash), running_engine());
	return hash;
}

static void expect_digest(const uint8_t digest[SHA256_DIGEST_SIZE], const char *expected)
{
	char text[2 * SHA256_DIGEST_SIZE + 1];

	for (size_t i = 0; i < SHA256_DIGEST_SIZE; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	assert_string_equal(text, expected);
}

/* Ask for the chunks, and compare the digest of all with what is known of the noise. */
static void expect_known(struct chunk_hash *hash, const uint8_t *data, size_t which)
{
	struct sha256 sha256;
	uint8_t digest[SHA256_DIGEST_SIZE];

	sha256_init(&sha256, SHA256_GENERIC);
	for (size_t i = 0; i < known[which].count; i++) {
		chunk_hash_digest(hash, data + i * CHUNK, digest);
		sha256_update(&sha256, digest, sizeof(digest));
	}
	sha256_final(&sha256, digest);
	expect_digest(digest, known[which].digest);
}

static void expect_offered(const uint8_t *noise, unsigned int cpus, size_t which)
{
	struct chunk_hash *hash = open_hash(cpus);
	const uint8_t *data = noise + known[which].offset;

	threads_made = 0;
	chunk_hash_offer(hash, data, NOISE_SIZE - known[which].offset);
	expect_known(hash, data, which);
	/* Once more, now that all are there. */
	expect_known(hash, data, which);
	assert_true(threads_made < (cpus ? cpus : 1));
	assert_true(threads_made <= NOISE_SIZE / CHUNK);
	chunk_hash_close(hash);
}

/* However many CPUs, and whatever the alignment. */
static void test_offered_at_once(void **state)
{
	static const unsigned int cpus[] = {0, 1, 2, 3, 7, 16, 1000};
	const struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cpus); i++)
		expect_offered(fixture->noise, cpus[i], i % ARRAY_SIZE(known));
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		expect_offered(fixture->noise, 2, i);
}

/* As a decompressor does it: in steps that are no chunks, and some that add nothing. */
static void test_grows(void **state)
{
	const struct fixture *fixture = *state;
	struct chunk_hash *hash = open_hash(3);

	for (size_t size = 0; size < NOISE_SIZE; size += 300007) {
		chunk_hash_offer(hash, fixture->noise, size);
		chunk_hash_offer(hash, fixture->noise, size / 2);
	}
	chunk_hash_offer(hash, fixture->noise, NOISE_SIZE);
	expect_known(hash, fixture->noise, 0);
	chunk_hash_close(hash);
}

/* A chunk that was not offered, as such or at all, is hashed all the same. */
static void test_not_offered(void **state)
{
	const struct fixture *fixture = *state;
	struct chunk_hash *hash = open_hash(2);

	expect_known(hash, fixture->noise, 0);
	chunk_hash_offer(hash, fixture->noise, NOISE_SIZE);
	expect_known(hash, fixture->noise + known[2].offset, 2);
	chunk_hash_offer(hash, fixture->noise + known[1].offset, 5 * CHUNK);
	expect_known(hash, fixture->noise + known[1].offset, 1);
	chunk_hash_close(hash);
	chunk_hash_offer(NULL, fixture->noise, NOISE_SIZE);
	chunk_hash_cancel(NULL);
	chunk_hash_close(NULL);
}

/* Nothing to hash is no reason for a thread; several pieces are not mixed up. */
static void test_pieces(void **state)
{
	const struct fixture *fixture = *state;
	struct chunk_hash *hash = open_hash(4);

	chunk_hash_offer(hash, fixture->noise, 0);
	chunk_hash_offer(hash, fixture->noise, CHUNK - 1);
	assert_int_equal(threads_made, 0);
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		chunk_hash_offer(hash, fixture->noise + known[i].offset,
				 NOISE_SIZE - known[i].offset);
	for (size_t i = ARRAY_SIZE(known); i-- > 0;)
		expect_known(hash, fixture->noise + known[i].offset, i);
	chunk_hash_close(hash);
}

static void test_no_threads(void **state)
{
	const struct fixture *fixture = *state;

	for (int threads = 0; threads < 3; threads++) {
		struct chunk_hash *hash = open_hash(8);

		threads_left = threads;
		threads_made = 0;
		chunk_hash_offer(hash, fixture->noise, NOISE_SIZE);
		chunk_hash_offer(hash, fixture->noise + 1, NOISE_SIZE - 1);
		expect_known(hash, fixture->noise, 0);
		expect_known(hash, fixture->noise + 1, 1);
		assert_int_equal(threads_made, threads);
		chunk_hash_close(hash);
	}
}

/* What is cancelled is not read any more, and not remembered: other bytes, the same address. */
static void test_cancel(void **state)
{
	const struct fixture *fixture = *state;
	struct chunk_hash *hash = open_hash(4);

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		const size_t size = NOISE_SIZE - known[i].offset;
		uint8_t *memory = mmap((void *)0x100000000000, size, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		assert_true(memory != MAP_FAILED);
		memcpy(memory, fixture->noise + known[i].offset, size);
		chunk_hash_offer(hash, memory, size);
		if (i % 2)
			expect_known(hash, memory, i);
		chunk_hash_cancel(hash);
		munmap(memory, size);
	}
	chunk_hash_close(hash);
}

/* Closed with all still to do. */
static void test_close(void **state)
{
	const struct fixture *fixture = *state;
	struct chunk_hash *hash = open_hash(3);

	chunk_hash_offer(hash, fixture->noise, NOISE_SIZE);
	chunk_hash_close(hash);
}

#define FILE_CHUNKS 8

/*
 * The file loses its end while threads read it and others come and go: the whole of it is zeros
 * then, and it is found to have changed.
 */
static void test_file_shrinks(void **state)
{
	struct fixture *fixture = *state;
	const struct log *log = &fixture->system.log.log;
	char *other = test_file_write(fixture->system.directory, "other", "hello", 5);

	for (unsigned int round = 0; round < 10; round++) {
		char *path = test_file_write(fixture->system.directory, "initrd", fixture->noise,
					     NOISE_SIZE);
		struct chunk_hash *hash = open_hash(4);
		struct file_bytes bytes, other_bytes;
		uint8_t digest[SHA256_DIGEST_SIZE];

		assert_int_equal(truncate(path, FILE_CHUNKS * CHUNK), 0);
		assert_int_equal(file_bytes_map(&bytes, path, "initrd", log), 0);
		chunk_hash_offer(hash, bytes.data, bytes.size);
		usleep(4000 * round);
		assert_int_equal(truncate(path, 4096), 0);
		for (unsigned int i = 0; i < 1000; i++) {
			assert_int_equal(file_bytes_map(&other_bytes, other, "kernel", log), 0);
			assert_int_equal(other_bytes.data[0], 'h');
			file_bytes_free(&other_bytes);
		}
		for (size_t i = 0; i < FILE_CHUNKS; i++)
			chunk_hash_digest(hash, bytes.data + i * CHUNK, digest);
		assert_int_equal(bytes.data[FILE_CHUNKS * CHUNK - 1], 0);
		/* The others may have been hashed before, or while the file shrank. */
		chunk_hash_digest(hash, bytes.data + 1, digest);
		expect_digest(digest, zero_digest);
		assert_int_equal(file_bytes_check_unchanged(&bytes, path, log), -ESTALE);
		test_log_expect(&fixture->system.log, "initrd changed while it was loaded");
		chunk_hash_close(hash);
		file_bytes_free(&bytes);
		free(path);
	}
	free(other);
}

/*
 * Bytes are shown as done when they are hashed, in whatever order that comes about, but for what
 * nobody will ask for: here another region, which comes first, and the first chunk.
 */
static void test_progress(void **state)
{
	static const uint8_t other[3 * CHUNK];
	const struct fixture *fixture = *state;
	struct chunk_hash *hash;
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct progress progress;
	int master, slave;
	FILE *stream;

	test_terminal_open(&master, &slave, NULL);
	hash = open_hash(1);
	stream = fdopen(slave, "w");
	assert_non_null(stream);
	progress_open(&progress, stream);
	chunk_hash_offer(hash, other, sizeof(other));
	chunk_hash_offer(hash, fixture->noise, NOISE_SIZE);
	chunk_hash_digest(hash, other, digest);

	chunk_hash_expect(hash, fixture->noise + CHUNK, 10 * CHUNK + 5);
	chunk_hash_expect(hash, fixture->noise + 2 * CHUNK, CHUNK);
	chunk_hash_show(hash, &progress, 11 * CHUNK + 7);
	assert_int_equal(progress.stage.before, progress.stage.done);
	chunk_hash_digest(hash, fixture->noise + 10 * CHUNK, digest);
	assert_int_equal(progress.stage.done, 10 * CHUNK);
	chunk_hash_digest(hash, fixture->noise + CHUNK, digest);
	assert_int_equal(progress.stage.done, 10 * CHUNK);
	/* What was never offered, and what is no chunk. */
	chunk_hash_digest(hash, fixture->noise + 1, digest);
	chunk_hash_count(hash, 7);
	assert_int_equal(progress.stage.done, progress.stage.total);

	/* From here on nothing is shown; what is asked for again counts from the beginning. */
	chunk_hash_show(hash, NULL, 0);
	chunk_hash_cancel(hash);
	chunk_hash_offer(hash, fixture->noise, 2 * CHUNK);
	chunk_hash_digest(hash, fixture->noise, digest);
	chunk_hash_expect(hash, fixture->noise, 2 * CHUNK);
	chunk_hash_show(hash, &progress, 2 * CHUNK);
	assert_in_range(progress.stage.before, CHUNK, 2 * CHUNK);
	chunk_hash_show(hash, NULL, 0);
	chunk_hash_close(hash);
	progress_close(&progress);
	fclose(stream);
	close(master);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_offered_at_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_progress, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_grows, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_not_offered, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_pieces, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_threads, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_cancel, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_close, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_file_shrinks, set_up, tear_down),
	};

	return test_status(cmocka_run_group_tests(tests, NULL, NULL));
}
