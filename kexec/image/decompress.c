/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of compressions, and the messages about their failures.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <errno.h>
#include <inttypes.h>

#include "image/compression_methods.h"
#include "image/decompress.h"
#include "image/linux_image.h"

#define MAGIC(text) {(const uint8_t *)(text), sizeof(text) - 1}

const struct compression compression_all[] = {
	{
		.name = "bzip2",
		.library = "libbz2",
		.remedy = "bzip2 -d",
		.magics = {MAGIC(BZIP2_MAGIC)},
#ifdef HAVE_BZIP2
		.built_in = true,
		.decompress = bzip2_decompress,
#endif
	},
	{
		.name = "gzip",
		.library = "zlib",
		.remedy = "gzip -d",
		.magics = {MAGIC(GZIP_MAGIC)},
		.built_in = true,
		.decompress = gzip_decompress,
	},
	{
		.name = "lz4",
		.library = "liblz4",
		.remedy = "lz4 -d",
		.magics = {MAGIC(LZ4_FRAME_MAGIC), MAGIC(LZ4_LEGACY_MAGIC)},
#ifdef HAVE_LZ4
		.built_in = true,
		.decompress = lz4_decompress,
#endif
	},
	{
		.name = "lzma",
		.library = "liblzma",
		.remedy = "unlzma",
		.magics = {MAGIC(LZMA_MAGIC)},
#ifdef HAVE_LZMA
		.built_in = true,
		.decompress = lzma_decompress,
#endif
	},
	{
		.name = "lzo",
		.library = "liblzo2",
		.remedy = "lzop -d",
		.magics = {MAGIC(LZO_MAGIC)},
#ifdef HAVE_LZO
		.built_in = true,
		.decompress = lzo_decompress,
#endif
	},
	{
		.name = "xz",
		.library = "liblzma",
		.remedy = "xz -d",
		.magics = {{(const uint8_t *)XZ_MAGIC,
			    sizeof(XZ_MAGIC)}}, /* with the zero at its end */
#ifdef HAVE_LZMA
		.built_in = true,
		.decompress = xz_decompress,
#endif
	},
	{
		.name = "zstd",
		.library = "libzstd",
		.remedy = "zstd -d",
		.magics = {MAGIC(ZSTD_MAGIC)},
#ifdef HAVE_ZSTD
		.built_in = true,
		.decompress = zstd_decompress,
#endif
	},
	{.name = NULL},
};

static bool has_magic(const struct compression *compression, const struct image_bytes *bytes)
{
	for (size_t i = 0; i < COMPRESSION_MAGIC_MAX; i++) {
		const struct image_bytes *magic = &compression->magics[i];

		if (magic->size && stream_begins(bytes, 0, (const char *)magic->data, magic->size))
			return true;
	}
	return false;
}

const struct compression *decompress_find(const struct image_bytes *bytes)
{
	for (const struct compression *compression = compression_all; compression->name;
	     compression++)
		if (has_magic(compression, bytes))
			return compression;
	return NULL;
}

const struct compression *decompress_find_name(const char *name)
{
	for (const struct compression *compression = compression_all; compression->name;
	     compression++)
		if (strcmp(compression->name, name) == 0)
			return compression;
	return NULL;
}

static int report_failure(const struct compression *compression, int error, const char *path,
			  uint64_t limit, const struct log *log)
{
	const char *name = compression->name;

	switch (error) {
	case -EFBIG:
		return log_error(log, error,
				 "%s: expands to more than %" PRIu64
				 " MiB, the most that this machine can load; is it a kernel?",
				 path, limit >> 20);
	case -ENODATA:
		return log_error(log, error,
				 "%s: its %s data ends too early; the file is truncated", path,
				 name);
	case -EILSEQ:
		return log_error(log, error, "%s: its %s data is damaged; get the file again", path,
				 name);
	case -ENOTSUP:
		return log_error(log, error,
				 "%s: its %s data needs a method or a window that is not supported;"
				 " decompress it first (%s)",
				 path, name, compression->remedy);
	default:
		return log_error(log, error,
				 "%s: not enough memory to decompress it; end other programs, or "
				 "allow more (ulimit -v, sysctl vm.overcommit_memory)",
				 path);
	}
}

/* A decompression under way, for the callback that follows its growth. */
struct decompression {
	const struct compressed_bytes *in;
	const struct log *log;
};

/*
 * An Image lies in memory as it lies in the file, so its chunks are known before its end is. If the
 * data turns out to be something else, the digests are not used, which does no harm.
 */
static void note_growth(const struct growing_bytes *output, void *context)
{
	const struct decompression *decompression = context;

	progress_update(decompression->log->progress, output->size);
	if (linux_image_find_header(output->data, output->size))
		chunk_hash_offer(decompression->in->hash, output->data, output->size);
}

/* Decompress and make the result read-only. Returns 0, or -errno without a message. */
static int decompress(struct growing_bytes *output, struct file_bytes *out,
		      const struct compressed_bytes *in, const struct log *log)
{
	int error;

	progress_begin(log->progress, "decompressing", 0);
	error = in->compression->decompress(output, &in->bytes);
	progress_begin(log->progress, NULL, 0);
	return error ? error : growing_bytes_seal(output, out);
}

/* Check the result of a decompression. Returns 0, or -errno with a message. */
static int check_result(int error, const struct file_bytes *out, const struct compressed_bytes *in,
			const struct log *log)
{
	/* If the file changed, that is the cause of whatever else seems to be wrong with it. */
	const int changed = file_bytes_check_unchanged(in->file, in->path, log);

	if (changed)
		return changed;
	if (error)
		return report_failure(in->compression, error, in->path, in->limit, log);
	if (out->size == 0)
		return log_error(log, -ENODATA,
				 "%s: is empty when decompressed; get the file again", in->path);
	return 0;
}

int decompress_bytes(struct file_bytes *out, const struct compressed_bytes *in,
		     const struct log *log)
{
	const struct compression *compression = in->compression;
	struct decompression decompression = {.in = in, .log = log};
	struct growing_bytes output = {
		.limit = in->limit,
		.grown = note_growth,
		.context = &decompression,
	};
	int error;

	*out = (struct file_bytes){0};
	if (!compression->built_in)
		return log_error(log, -ENOTSUP,
				 "%s: is compressed with %s, but kexec was built without %s;"
				 " decompress it first (%s)",
				 in->path, compression->name, compression->library,
				 compression->remedy);
	file_bytes_expect_reading(in->file);
	error = decompress(&output, out, in, log);
	error = check_result(error, out, in, log);
	if (error) {
		/*
		 * This comes after the message, because it waits for threads that read this file or
		 * others.
		 */
		chunk_hash_cancel(in->hash);
		file_bytes_free(out);
	}
	growing_bytes_free(&output);
	return error;
}
