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
#include <sys/wait.h>
#include <zlib.h>
#ifdef HAVE_BZIP2
#include <bzlib.h>
#endif
#ifdef HAVE_LZ4
#include <lz4.h>
#include <lz4frame.h>
#endif
#ifdef HAVE_LZO
#include <lzo/lzo1x.h>
#endif
#ifdef HAVE_LZMA
#include <lzma.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

#include "image/decompress.h"

#define MIB   ((size_t)1 << 20)
#define LIMIT ((uint64_t)64 << 20)

/* Bytes of the longest magic number, lzop's: with these every format is recognised. */
#define MAGIC_MAX 9

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

#ifdef HAVE_BZIP2
static struct stream make_bzip2(const void *data, size_t size)
{
	unsigned int room = (unsigned int)(size + size / 100 + 1000);
	struct stream stream = {malloc(room), 0};

	assert_non_null(stream.data);
	assert_int_equal(BZ2_bzBuffToBuffCompress((char *)stream.data, &room,
						  (char *)(uintptr_t)data, (unsigned int)size, 1, 0,
						  0),
			 BZ_OK);
	stream.size = room;
	return stream;
}
#endif

#ifdef HAVE_LZ4
static struct stream make_lz4(const void *data, size_t size)
{
	const LZ4F_preferences_t preferences = {.frameInfo.contentChecksumFlag =
							LZ4F_contentChecksumEnabled};
	size_t room = LZ4F_compressFrameBound(size, &preferences);
	struct stream stream = {malloc(room), 0};

	assert_non_null(stream.data);
	stream.size = LZ4F_compressFrame(stream.data, room, data, size, &preferences);
	assert_false(LZ4F_isError(stream.size));
	return stream;
}

/* The legacy format: blocks of 8 MiB, each with its size. */
static struct stream make_lz4_legacy(const void *data, size_t size)
{
	struct stream stream = {malloc(size + size / 100 + 1000), 4};
	const char *from = data;

	assert_non_null(stream.data);
	memcpy(stream.data, "\x02\x21\x4c\x18", 4);
	while (size) {
		const int part = (int)(size < 8 * MIB ? size : 8 * MIB);
		const int done = LZ4_compress_default(from, (char *)stream.data + stream.size + 4,
						      part, LZ4_compressBound(part));
		const uint32_t field = htole32((uint32_t)done);

		assert_true(done > 0);
		memcpy(stream.data + stream.size, &field, 4);
		stream.size += 4 + (size_t)done;
		from += part;
		size -= (size_t)part;
	}
	return stream;
}
#endif

#ifdef HAVE_LZO
static void put_be32(struct stream *stream, uint32_t value)
{
	value = htobe32(value);
	memcpy(stream->data + stream->size, &value, 4);
	stream->size += 4;
}

/* A block of at most 256 KiB, stored if it does not shrink. */
static void put_lzo_block(struct stream *stream, const uint8_t *data, size_t size)
{
	static uint8_t memory[LZO1X_1_MEM_COMPRESS], packed[300000];
	lzo_uint packed_size;

	assert_int_equal(lzo1x_1_compress(data, size, packed, &packed_size, memory), LZO_E_OK);
	put_be32(stream, (uint32_t)size);
	put_be32(stream, (uint32_t)(packed_size < size ? packed_size : size));
	put_be32(stream, (uint32_t)adler32(1, data, (uInt)size));
	if (packed_size < size) {
		put_be32(stream, (uint32_t)adler32(1, packed, (uInt)packed_size));
		data = packed;
		size = packed_size;
	}
	memcpy(stream->data + stream->size, data, size);
	stream->size += size;
}

/* Bytes before the header's checksum. */
#define LZO_HEADER_SIZE 35

/* As lzop 1.04 writes it, with Adler-32 of all blocks before and after compression. */
static struct stream make_lzo(const void *data, size_t size)
{
	static const uint8_t header[LZO_HEADER_SIZE] = {
		0x89, 'L',  'Z',  'O',	0,    '\r', '\n', 0x1a, '\n', /* magic number */
		0x10, 0x40, 0x20, 0xa0, 0x09, 0x40,		      /* versions */
		1,    5,    3,	  0,	0,    3,		      /* method, level, flags */
		0,    0,    0x81, 0xa4, 0,    0,    0,	  0,	0,    0, 0, 0, /* mode, time */
		1,    'k',						       /* name */
	};
	struct stream stream = {malloc(size + size / 1000 + 2000), sizeof(header)};
	const uint8_t *from = data;

	assert_non_null(stream.data);
	assert_int_equal(lzo_init(), LZO_E_OK);
	memcpy(stream.data, header, sizeof(header));
	put_be32(&stream,
		 (uint32_t)adler32(1, header + MAGIC_MAX, (uInt)(sizeof(header) - MAGIC_MAX)));
	while (size) {
		const size_t part = size < 262144 ? size : 262144;

		put_lzo_block(&stream, from, part);
		from += part;
		size -= part;
	}
	put_be32(&stream, 0);
	return stream;
}
#endif

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

/* Without a size in its header, like the kernel's build makes it. */
static struct stream make_lzma(const void *data, size_t size)
{
	const size_t room = lzma_stream_buffer_bound(size);
	struct stream stream = {malloc(room), 0};
	lzma_stream lzma = LZMA_STREAM_INIT;
	lzma_options_lzma options;

	assert_non_null(stream.data);
	assert_false(lzma_lzma_preset(&options, 0));
	assert_int_equal(lzma_alone_encoder(&lzma, &options), LZMA_OK);
	lzma.next_in = data;
	lzma.avail_in = size;
	lzma.next_out = stream.data;
	lzma.avail_out = room;
	assert_int_equal(lzma_code(&lzma, LZMA_FINISH), LZMA_STREAM_END);
	stream.size = lzma.total_out;
	lzma_end(&lzma);
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
	bool is_bare; /* no checksum tells of damage */
	bool is_one;  /* one stream in a file, no more */
	size_t block; /* bytes of a block that is larger than what the tests have otherwise */
} formats[] = {
	{"gzip", make_gzip, false, false, 0},
#ifdef HAVE_BZIP2
	{"bzip2", make_bzip2, false, false, 0},
#endif
#ifdef HAVE_LZ4
	{"lz4", make_lz4, false, false, 0},	{"lz4", make_lz4_legacy, true, false, 8 * MIB},
#endif
#ifdef HAVE_LZO
	{"lzo", make_lzo, false, false, 0},
#endif
#ifdef HAVE_LZMA
	{"lzma", make_lzma, true, true, 0},	{"xz", make_xz, false, false, 0},
#endif
#ifdef HAVE_ZSTD
	{"zstd", make_zstd, false, false, 0},
#endif
};

/* So many zeros in each format, made once: that takes longer than what is done with them. */
#define LARGE_SIZE (32 * MIB)
static struct stream large_streams[ARRAY_SIZE(formats)];

static int make_large(void **state)
{
	void *zeros = mmap(NULL, LARGE_SIZE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			   -1, 0);

	(void)state;
	if (zeros == MAP_FAILED)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		large_streams[i] = formats[i].make(zeros, LARGE_SIZE);
	munmap(zeros, LARGE_SIZE);
	return 0;
}

static int free_large(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		free(large_streams[i].data);
	return 0;
}

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
	struct image_bytes in = {.data = exact, .size = size};
	struct growing_bytes output = {.limit = limit};
	const struct compression *compression;
	int error;

	assert_non_null(exact);
	memcpy(exact, data, size);
	compression = decompress_find(&in);
	assert_non_null(compression);
	*bytes = (struct file_bytes){0};
	error = compression->decompress(&output, &in);
	free(exact);
	if (!error)
		error = growing_bytes_seal(&output, bytes);
	growing_bytes_free(&output);
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

static void expect_round_trip(const struct format *format, size_t size)
{
	uint8_t *data = make_data(size);
	struct stream stream = format->make(data, size);

	expect_data(&stream, data, size);
	free(stream.data);
	free(data);
}

static void test_round_trip(void **state)
{
	static const size_t sizes[] = {1, 12345, 2 * MIB + 5};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(sizes); j++)
			expect_round_trip(&formats[i], sizes[j]);
		if (formats[i].block) {
			expect_round_trip(&formats[i], formats[i].block);
			expect_round_trip(&formats[i], formats[i].block + MIB);
		}
	}
}

/* decompress_bytes() with the compression that is found. */
static int run(struct file_bytes *out, const void *data, size_t size, uint64_t limit,
	       struct test_log *log)
{
	const struct file_bytes none = {0};
	struct compressed_bytes in = {
		.bytes = {data, size}, .file = &none, .path = "/k", .limit = limit};

	in.compression = decompress_find(&in.bytes);
	assert_non_null(in.compression);
	return decompress_bytes(out, &in, &log->log);
}

/* The result, and its memory: whole, read-only (so that a write ends the test). */
static void test_result(void **state)
{
	uint8_t *data = make_data(MIB);
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		struct stream stream = formats[i].make(data, MIB);
		struct image_bytes view = {stream.data, stream.size};
		struct file_bytes bytes;

		assert_string_equal(decompress_find(&view)->name, formats[i].name);
		assert_ptr_equal(decompress_find(&view), decompress_find_name(formats[i].name));
		assert_int_equal(run(&bytes, stream.data, stream.size, LIMIT, &log), 0);
		assert_int_equal(bytes.size, MIB);
		assert_memory_equal(bytes.data, data, MIB);
		view = (struct image_bytes){bytes.data, bytes.size};
		assert_null(decompress_find(&view));
		file_bytes_free(&bytes);
		free(stream.data);
	}
	assert_null(decompress_find_name("none"));
	assert_null(decompress_find_name(""));
	test_log_expect_nothing(&log);
	test_log_close(&log);
	free(data);
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

		if (formats[i].is_one) {
			append(&first, second.data, second.size);
			expect_data(&first, data, 10000);
			free(first.data);
			free(second.data);
			continue;
		}
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

		for (size_t size = MAGIC_MAX; size < stream.size; size++)
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

		for (size_t j = MAGIC_MAX; j < stream.size; j++) {
			struct file_bytes bytes;
			int error;

			stream.data[j] ^= 0x55;
			error = decompress(&bytes, stream.data, stream.size, LIMIT);
			if (error)
				refused++;
			else if (!formats[i].is_bare)
				assert_memory_equal(bytes.data, data, 1000);
			file_bytes_free(&bytes);
			stream.data[j] ^= 0x55;
		}
		assert_true(formats[i].is_bare || refused > stream.size - 20);
		free(stream.data);
	}
	free(data);
}

/* A limit is exact: so many bytes and no more. */
static void test_limit(void **state)
{
	const size_t most = 9 * MIB + 5;
	uint8_t *data = make_data(most);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		const size_t size = formats[i].block ? most : 2 * MIB + 5;
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

/* 1 GiB of zeros, in 32 streams, must stop at 16 MiB, in memory too. */
static void test_bomb(void **state)
{
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		struct stream bomb = {NULL, 0};
		struct file_bytes bytes;
		long peak;

		for (int j = 0; j < 32; j++)
			append(&bomb, large_streams[i].data, large_streams[i].size);
		peak = peak_memory();
		assert_int_equal(run(&bytes, bomb.data, bomb.size, 16 * MIB, &log), -EFBIG);
		assert_true(peak_memory() - peak < 48 * 1024);
		test_log_expect(&log, "/k: expands to more than 16 MiB");
		assert_null(bytes.data);
		free(bomb.data);
	}
	test_log_close(&log);
}

/* The most memory that this process has had so far, and what it has now, in bytes. */
static size_t read_status(const char *field)
{
	FILE *status = fopen("/proc/self/status", "r");
	char line[256];
	size_t kibibytes = 0;

	assert_non_null(status);
	while (status && fgets(line, sizeof(line), status))
		if (strncmp(line, field, strlen(field)) == 0)
			kibibytes = strtoul(line + strlen(field), NULL, 10);
	if (status)
		fclose(status);
	return kibibytes << 10;
}

/*
 * That nothing is kept twice: what comes out, and 24 MiB for the library, is all the memory that is
 * used. The peak is that of a process of its own.
 */
static void expect_no_copy(const struct stream *stream)
{
	struct file_bytes bytes;
	int status;
	pid_t child;

	child = test_fork();
	if (child == 0) {
		const size_t before = read_status("VmRSS:");
		const int error = decompress(&bytes, stream->data, stream->size, LIMIT);
		const size_t peak = read_status("VmHWM:");

		_exit(error || bytes.size != LARGE_SIZE || peak > before + LARGE_SIZE + 24 * MIB);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void test_no_copy(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		expect_no_copy(&large_streams[i]);
}

/* Sanitizers have terabytes of addresses reserved. */
#ifdef __has_feature
#define HAS_SANITIZER __has_feature(address_sanitizer)
#elif defined(__SANITIZE_ADDRESS__)
#define HAS_SANITIZER 1
#else
#define HAS_SANITIZER 0
#endif

#if !HAS_SANITIZER
#define LIMITED_SIZE (9 * MIB)

/* Decompress where all that may come, 64 GiB, does not fit in what is left of the resource. */
static void decompress_limited(const struct stream *stream, int resource, const char *used,
			       size_t left)
{
	const rlim_t most = read_status(used) + left;
	struct file_bytes bytes;

	if (setrlimit(resource, &(struct rlimit){most, most}))
		_exit(2);
	_exit(decompress(&bytes, stream->data, stream->size, (uint64_t)64 << 30) ||
	      bytes.size != LIMITED_SIZE);
}

static void expect_limited(const struct stream *stream, const char *name, int resource,
			   const char *used, size_t left)
{
	int status;
	pid_t child;

	child = test_fork();
	if (child == 0)
		decompress_limited(stream, resource, used, left);
	assert_int_equal(waitpid(child, &status, 0), child);
	if (status)
		fail_msg("%s, %s and %zu MiB: %d", name, used, left / MIB, status);
}

static void expect_all_limits(const struct stream *stream, const char *name)
{
	/* Of addresses there are as many as the window of xz -9 and the result take, and more. */
	for (size_t left = 160 * MIB; left <= 640 * MIB; left += 160 * MIB)
		expect_limited(stream, name, RLIMIT_AS, "VmSize:", left);
	/* Of memory that can be written there is enough for just these. */
	for (size_t left = 104 * MIB; left <= 152 * MIB; left += 48 * MIB)
		expect_limited(stream, name, RLIMIT_DATA, "VmData:", left);
}

#ifdef HAVE_LZMA
/* As xz -9 does, which has a window of 64 MiB. */
static struct stream make_xz_9(const void *data, size_t size)
{
	struct stream stream = {malloc(lzma_stream_buffer_bound(size)), 0};
	lzma_options_lzma options;
	lzma_filter filters[] = {
		{LZMA_FILTER_LZMA2, &options},
		{LZMA_VLI_UNKNOWN, NULL},
	};

	assert_non_null(stream.data);
	assert_false(lzma_lzma_preset(&options, 0));
	options.dict_size = 64 * MIB;
	assert_int_equal(lzma_stream_buffer_encode(filters, LZMA_CHECK_CRC32, NULL, data, size,
						   stream.data, &stream.size,
						   lzma_stream_buffer_bound(size)),
			 LZMA_OK);
	return stream;
}
#endif

/* False under QEMU's user emulation, which takes such limits and does not set them. */
static bool can_limit_memory(void)
{
	const rlim_t most = (rlim_t)1 << 46;
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_AS, &limit), 0);
	limit.rlim_cur = most;
	assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
	assert_int_equal(getrlimit(RLIMIT_AS, &limit), 0);
	return limit.rlim_cur == most;
}

/* What is reserved for a large result does not take the place of the decompressor's own memory. */
static void test_limited_memory(void **state)
{
	uint8_t *data;

	(void)state;
	if (!can_limit_memory())
		skip();
	data = calloc(1, LIMITED_SIZE); /* what is in it takes time, and no memory */
	assert_non_null(data);
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		struct stream stream = formats[i].make(data, LIMITED_SIZE);

		expect_all_limits(&stream, formats[i].name);
		free(stream.data);
	}
#ifdef HAVE_LZMA
	{
		struct stream stream = make_xz_9(data, LIMITED_SIZE);

		expect_all_limits(&stream, "xz -9");
		free(stream.data);
	}
#endif
	free(data);
}
#endif

/* One line for each kind of failure, and for a format whose library this build lacks. */
static void test_messages(void **state)
{
	uint8_t *data = make_data(1000);
	struct stream stream = make_gzip(data, 1000), empty = make_gzip(data, 0);
	struct file_bytes bytes;
	struct test_log log;

	(void)state;
	test_log_open(&log);
	assert_int_equal(run(&bytes, stream.data, stream.size / 2, LIMIT, &log), -ENODATA);
	test_log_expect(&log, "/k: its gzip data ends too early; the file is truncated");
	stream.data[stream.size - 5] ^= 1;
	assert_int_equal(run(&bytes, stream.data, stream.size, LIMIT, &log), -EILSEQ);
	test_log_expect(&log, "/k: its gzip data is damaged; get the file again");
	assert_int_equal(run(&bytes, empty.data, empty.size, LIMIT, &log), -ENODATA);
	test_log_expect(&log, "/k: is empty when decompressed");
	for (const struct compression *format = compression_all; format->name; format++) {
		const struct image_bytes *magic = &format->magics[0];

		assert_true(run(&bytes, magic->data, magic->size, LIMIT, &log) < 0);
		test_log_expect(&log, format->built_in ? "is truncated" : format->library);
	}
	test_log_close(&log);
	free(empty.data);
	free(stream.data);
	free(data);
}

#ifdef HAVE_LZ4
/* What the kernel's build appends, and what looks like it. */
static void test_lz4_legacy_end(void **state)
{
	uint8_t *data = make_data(1000);
	struct stream stream = make_lz4_legacy(data, 1000);
	struct file_bytes bytes;

	(void)state;
	append(&stream, "\xe8\x03\0\0", 4);
	expect_data(&stream, data, 1000);
	stream.data[stream.size - 4]++;
	assert_int_equal(decompress(&bytes, stream.data, stream.size, LIMIT), -ENODATA);
	free(stream.data);
	free(data);
}
#endif

#ifdef HAVE_LZO
/* Change bytes of the header, put its checksum right, and expect that answer. */
static void expect_lzo(const struct stream *good, size_t place, uint8_t value, int expected)
{
	struct stream stream = {malloc(good->size), LZO_HEADER_SIZE};
	struct file_bytes bytes;

	assert_non_null(stream.data);
	memcpy(stream.data, good->data, good->size);
	stream.data[place] = value;
	put_be32(&stream,
		 (uint32_t)adler32(1, stream.data + MAGIC_MAX, LZO_HEADER_SIZE - MAGIC_MAX));
	assert_int_equal(decompress(&bytes, stream.data, good->size, LIMIT), expected);
	file_bytes_free(&bytes);
	free(stream.data);
}

/* Headers that are not damaged, but ask for something else. */
static void test_lzo_header(void **state)
{
	uint8_t *data = make_data(10000);
	struct stream stream = make_lzo(data, 10000);

	(void)state;
	expect_lzo(&stream, 15, 3, 0);	      /* LZO1X-999 */
	expect_lzo(&stream, 15, 4, -ENOTSUP); /* another method */
	expect_lzo(&stream, 15, 0, -ENOTSUP);
	stream.data[LZO_HEADER_SIZE + 4] = 0x7f; /* a block of 2 GiB */
	expect_lzo(&stream, 15, 1, -EILSEQ);
	free(stream.data);
	free(data);
}
#endif

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

/*
 * As the kernel's build calls zstd: the size of the contents is not known, and the window holds all
 * of them. Every block of 128 KiB is one byte repeated (RFC 8878, 3.1.1.2).
 */
static void test_zstd_no_copy(void **state)
{
	static const uint8_t header[] = {0x28, 0xb5, 0x2f, 0xfd, 0, 16 << 3};
	struct stream stream = {NULL, 0};

	(void)state;
	append(&stream, header, sizeof(header));
	for (size_t left = LARGE_SIZE; left > 0; left -= MIB / 8) {
		const uint32_t block = htole32(MIB / 8 << 3 | 1 << 1 | (left == MIB / 8));

		append(&stream, &block, 3);
		append(&stream, "k", 1);
	}
	expect_no_copy(&stream);
	free(stream.data);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_result),
		cmocka_unit_test(test_padding),
		cmocka_unit_test(test_concatenated),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_no_copy),
#if !HAS_SANITIZER
		cmocka_unit_test(test_limited_memory),
#endif
		cmocka_unit_test(test_messages),
#ifdef HAVE_LZ4
		cmocka_unit_test(test_lz4_legacy_end),
#endif
#ifdef HAVE_LZO
		cmocka_unit_test(test_lzo_header),
#endif
#ifdef HAVE_LZMA
		cmocka_unit_test(test_xz_inner_padding),
		cmocka_unit_test(test_xz_window),
#endif
#ifdef HAVE_ZSTD
		cmocka_unit_test(test_zstd_window),
		cmocka_unit_test(test_zstd_no_copy),
#endif
	};

	return cmocka_run_group_tests(tests, make_large, free_large);
}
