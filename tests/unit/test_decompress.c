/* SPDX-License-Identifier: GPL-2.0-only */
/* Decompression: round trips, several streams, and all that a damaged or hostile file can do. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "support.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <zlib.h>
#ifdef HAVE_LZMA
#include <lzma.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

#include "image/decompress.h"

#define MIB   ((size_t)1 << 20)
#define LIMIT ((uint64_t)64 << 20)

/* Compressed data as they are made here: from malloc(3). */
struct stream {
	uint8_t *data;
	size_t size;
};

static struct stream make_gzip(const void *data, size_t size)
{
	struct stream stream = {malloc(size + size / 100 + 1000), 0};
	z_stream gzip = {0};

	assert_non_null(stream.data);
	assert_int_equal(deflateInit2(&gzip, 1, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY),
			 Z_OK);
	gzip.next_in = (z_const Bytef *)(uintptr_t)data;
	gzip.avail_in = (uInt)size;
	gzip.next_out = stream.data;
	gzip.avail_out = (uInt)(size + size / 100 + 1000);
	assert_int_equal(deflate(&gzip, Z_FINISH), Z_STREAM_END);
	stream.size = gzip.total_out;
	deflateEnd(&gzip);
	return stream;
}

#ifdef HAVE_LZMA
static struct stream make_xz(const void *data, size_t size)
{
	size_t room = lzma_stream_buffer_bound(size);
	struct stream stream = {malloc(room), 0};

	assert_non_null(stream.data);
	assert_int_equal(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, NULL, data, size, stream.data,
						 &stream.size, room),
			 LZMA_OK);
	return stream;
}
#endif

#ifdef HAVE_ZSTD
static struct stream make_zstd(const void *data, size_t size)
{
	size_t room = ZSTD_compressBound(size);
	struct stream stream = {malloc(room), 0};
	ZSTD_CCtx *context = ZSTD_createCCtx();

	assert_non_null(stream.data);
	assert_non_null(context);
	ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
	stream.size = ZSTD_compress2(context, stream.data, room, data, size);
	assert_false(ZSTD_isError(stream.size));
	ZSTD_freeCCtx(context);
	return stream;
}
#endif

static const struct format {
	const char *name;
	struct stream (*make)(const void *data, size_t size);
} formats[] = {
	{"gzip", make_gzip},
#ifdef HAVE_LZMA
	{"xz", make_xz},
#endif
#ifdef HAVE_ZSTD
	{"zstd", make_zstd},
#endif
};

/* Data that compress, but not to nothing. */
static uint8_t *make_data(size_t size)
{
	uint8_t *data = malloc(size + 1);
	uint32_t random = 1;

	assert_non_null(data);
	for (size_t i = 0; i < size; i++) {
		if (i % 16 == 0)
			random = random * 1664525 + 1013904223;
		data[i] = (uint8_t)(random >> 24);
	}
	return data;
}

/* Add bytes behind a stream. */
static void append(struct stream *stream, const void *data, size_t size)
{
	stream->data = realloc(stream->data, stream->size + size);
	assert_non_null(stream->data);
	memcpy(stream->data + stream->size, data, size);
	stream->size += size;
}

/* Decompress a stream that is right at its end of heap memory, for the sanitizer to watch. */
static int decompress(struct file_bytes *bytes, const void *data, size_t size, uint64_t limit)
{
	uint8_t *exact = malloc(size ? size : 1);
	struct file_bytes in = {.data = exact, .size = size};
	const struct compression *compression;
	int error;

	assert_non_null(exact);
	memcpy(exact, data, size);
	compression = compression_find(&in);
	assert_non_null(compression);
	*bytes = (struct file_bytes){0};
	error = compression->decompress(bytes, &in, limit);
	free(exact);
	if (error)
		assert_null(bytes->data);
	return error;
}

static void expect_data(const struct stream *stream, const void *data, size_t size)
{
	struct file_bytes bytes;

	assert_int_equal(decompress(&bytes, stream->data, stream->size, LIMIT), 0);
	assert_int_equal(bytes.size, size);
	assert_memory_equal(bytes.data, data, size);
	file_bytes_free(&bytes);
}

static void test_round_trip(void **state)
{
	static const size_t sizes[] = {1, 12345, 8 * MIB, 17 * MIB};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		for (size_t j = 0; j < ARRAY_SIZE(sizes); j++) {
			uint8_t *data = make_data(sizes[j]);
			struct stream stream = formats[i].make(data, sizes[j]);

			expect_data(&stream, data, sizes[j]);
			free(stream.data);
			free(data);
		}
}

/* The result, and its memory: whole, read-only (so that a write ends the test). */
static void test_from_file(void **state)
{
	char *directory = test_directory_make();
	uint8_t *data = make_data(MIB);
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		struct stream stream = formats[i].make(data, MIB);
		char *path = test_file_write(directory, formats[i].name, stream.data, stream.size);
		struct file_bytes bytes;

		assert_int_equal(file_bytes_map(&bytes, path, "kernel", &log.log), 0);
		assert_string_equal(compression_find(&bytes)->name, formats[i].name);
		assert_int_equal(decompress_bytes(&bytes, path, LIMIT, &log.log), 0);
		assert_int_equal(bytes.size, MIB);
		assert_memory_equal(bytes.data, data, MIB);
		assert_null(compression_find(&bytes));
		assert_int_equal(decompress_bytes(&bytes, path, LIMIT, &log.log), 0);
		file_bytes_free(&bytes);
		free(path);
		free(stream.data);
	}
	test_log_expect_nothing(&log);
	test_log_close(&log);
	free(data);
	test_directory_remove(directory);
}

static void test_padding(void **state)
{
	static const uint8_t zeros[4096];
	static const size_t sizes[] = {1, 3, 4, 511, 4096};
	uint8_t *data = make_data(10000);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		for (size_t j = 0; j < ARRAY_SIZE(sizes); j++) {
			struct stream stream = formats[i].make(data, 10000);

			append(&stream, zeros, sizes[j]);
			expect_data(&stream, data, 10000);
			append(&stream, "garbage", 7);
			expect_data(&stream, data, 10000);
			free(stream.data);
		}
	free(data);
}

static void test_concatenated(void **state)
{
	uint8_t *data = make_data(30000);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		struct stream first = formats[i].make(data, 10000);
		struct stream second = formats[i].make(data + 10000, 20000);

		append(&first, second.data, second.size);
		expect_data(&first, data, 30000);
		/* What begins another stream and does not go on is no garbage. */
		first.size -= 20;
		assert_int_equal(decompress(&(struct file_bytes){0}, first.data, first.size, LIMIT),
				 -ENODATA);
		free(first.data);
		free(second.data);
	}
	free(data);
}

static void test_truncated(void **state)
{
	uint8_t *data = make_data(3000);
	struct file_bytes bytes;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		struct stream stream = formats[i].make(data, 3000);

		for (size_t size = 6; size < stream.size; size++)
			assert_int_equal(decompress(&bytes, stream.data, size, LIMIT), -ENODATA);
		free(stream.data);
	}
	free(data);
}

/* Each single damaged byte is noticed or harmless (a time stamp, a reserved name). */
static void test_damaged(void **state)
{
	uint8_t *data = make_data(1000);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		struct stream stream = formats[i].make(data, 1000);
		size_t refused = 0;

		for (size_t j = 6; j < stream.size; j++) {
			struct file_bytes bytes;
			int error;

			stream.data[j] ^= 0x55;
			error = decompress(&bytes, stream.data, stream.size, LIMIT);
			if (error)
				refused++;
			else
				assert_memory_equal(bytes.data, data, 1000);
			file_bytes_free(&bytes);
			stream.data[j] ^= 0x55;
		}
		assert_true(refused > stream.size - 20);
		free(stream.data);
	}
	free(data);
}

/* A limit is exact: so many bytes and no more. */
static void test_limit(void **state)
{
	const size_t size = 9 * MIB + 5;
	uint8_t *data = make_data(size);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		struct stream stream = formats[i].make(data, size);
		struct file_bytes bytes;

		assert_int_equal(decompress(&bytes, stream.data, stream.size, size), 0);
		assert_int_equal(bytes.size, size);
		file_bytes_free(&bytes);
		assert_int_equal(decompress(&bytes, stream.data, stream.size, size - 1), -EFBIG);
		assert_int_equal(decompress(&bytes, stream.data, stream.size, 0), -EFBIG);
		free(stream.data);
	}
	free(data);
}

static long peak_memory(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	return usage.ru_maxrss;
}

/* 1 GiB of zeros, in 16 streams, must stop at 16 MiB, in memory too. */
static void test_bomb(void **state)
{
	const size_t size = 64 * MIB;
	void *zeros =
		mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	struct test_log log;

	(void)state;
	assert_ptr_not_equal(zeros, MAP_FAILED);
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		struct stream one = formats[i].make(zeros, size);
		struct stream bomb = {NULL, 0};
		struct file_bytes bytes;
		long peak;

		for (int j = 0; j < 16; j++)
			append(&bomb, one.data, one.size);
		bytes = (struct file_bytes){.data = bomb.data, .size = bomb.size};
		peak = peak_memory();
		assert_int_equal(decompress_bytes(&bytes, "/boot/bomb", 16 * MIB, &log.log),
				 -EFBIG);
		assert_true(peak_memory() - peak < 48 * 1024);
		test_log_expect(&log, "/boot/bomb: expands to more than 16 MiB");
		assert_ptr_equal(bytes.data, bomb.data);
		free(one.data);
		free(bomb.data);
	}
	test_log_close(&log);
	munmap(zeros, size);
}

/* One line for each kind of failure, and for a format whose library this build lacks. */
static void test_messages(void **state)
{
	uint8_t *data = make_data(1000);
	struct stream stream = make_gzip(data, 1000), empty = make_gzip(data, 0);
	struct file_bytes bytes = {.data = stream.data, .size = stream.size / 2};
	struct test_log log;

	(void)state;
	test_log_open(&log);
	assert_int_equal(decompress_bytes(&bytes, "/k", LIMIT, &log.log), -ENODATA);
	test_log_expect(&log, "/k: its gzip data ends too early; the file is truncated");
	bytes.size = stream.size;
	stream.data[stream.size - 5] ^= 1;
	assert_int_equal(decompress_bytes(&bytes, "/k", LIMIT, &log.log), -EILSEQ);
	test_log_expect(&log, "/k: its gzip data is damaged; get the file again");
	bytes = (struct file_bytes){.data = empty.data, .size = empty.size};
	assert_int_equal(decompress_bytes(&bytes, "/k", LIMIT, &log.log), -ENODATA);
	test_log_expect(&log, "/k: is empty when decompressed");
	for (const struct compression *format = compression_all; format->name; format++) {
		bytes = (struct file_bytes){.data = format->magic, .size = format->magic_size};
		assert_true(decompress_bytes(&bytes, "/k", LIMIT, &log.log) < 0);
		test_log_expect(&log, format->built_in ? "is truncated" : format->library);
	}
	test_log_close(&log);
	free(empty.data);
	free(stream.data);
	free(data);
}

#ifdef HAVE_LZMA
/* Only the .xz format knows padding between streams. */
static void test_xz_inner_padding(void **state)
{
	struct stream first = make_xz("kernel", 6), second = make_xz("+more", 5);
	const uint8_t zeros[8] = {0};

	(void)state;
	append(&first, zeros, sizeof(zeros));
	append(&first, second.data, second.size);
	expect_data(&first, "kernel+more", 11);
	free(first.data);
	free(second.data);
}

/* A dictionary larger than any kernel's, in a block header (.xz format, 3.1) put right again. */
static void test_xz_window(void **state)
{
	struct stream stream = make_xz("kernel", 6);
	uint8_t *header = stream.data + LZMA_STREAM_HEADER_SIZE;
	const size_t size = lzma_block_header_size_decode(header[0]);
	struct file_bytes bytes;
	uint32_t crc;

	(void)state;
	/* Flags, compressed size, size; filter, one byte of properties. */
	assert_int_equal(header[1], 0xc0);
	assert_int_equal(header[4], LZMA_FILTER_LZMA2);
	header[6] = 37; /* 1.5 GiB */
	crc = htole32(lzma_crc32(header, size - 4, 0));
	memcpy(header + size - 4, &crc, 4);
	assert_int_equal(decompress(&bytes, stream.data, stream.size, LIMIT), -ENOTSUP);
	header[6] = 22; /* 8 MiB */
	crc = htole32(lzma_crc32(header, size - 4, 0));
	memcpy(header + size - 4, &crc, 4);
	expect_data(&stream, "kernel", 6);
	free(stream.data);
}
#endif

#ifdef HAVE_ZSTD
/* Frame headers (RFC 8878, 3.1.1.1) that ask for windows of 2^30 and of 2^27 bytes. */
static void test_zstd_window(void **state)
{
	static const uint8_t large[] = {0x28, 0xb5, 0x2f, 0xfd, 0, (30 - 10) << 3, 1, 0, 0};
	static const uint8_t usual[] = {0x28, 0xb5, 0x2f, 0xfd, 0, (27 - 10) << 3, 1, 0, 0};
	struct file_bytes bytes;

	(void)state;
	assert_int_equal(decompress(&bytes, large, sizeof(large), LIMIT), -ENOTSUP);
	assert_int_equal(decompress(&bytes, usual, sizeof(usual), LIMIT), 0);
	assert_int_equal(bytes.size, 0);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_from_file),
		cmocka_unit_test(test_padding),
		cmocka_unit_test(test_concatenated),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_messages),
#ifdef HAVE_LZMA
		cmocka_unit_test(test_xz_inner_padding),
		cmocka_unit_test(test_xz_window),
#endif
#ifdef HAVE_ZSTD
		cmocka_unit_test(test_zstd_window),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
