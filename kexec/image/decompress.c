/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of compressions, and what the user is told of their failures.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <errno.h>
#include <inttypes.h>

#include "image/compression_methods.h"
#include "image/decompress.h"

const struct compression compression_all[] = {
	{
		.name = "gzip",
		.library = "zlib",
		.remedy = "gzip -d",
		.magic = (const uint8_t *)GZIP_MAGIC,
		.magic_size = sizeof(GZIP_MAGIC) - 1,
		.built_in = true,
		.decompress = gzip_decompress,
	},
	{
		.name = "xz",
		.library = "liblzma",
		.remedy = "xz -d",
		.magic = (const uint8_t *)XZ_MAGIC,
		.magic_size = sizeof(XZ_MAGIC), /* its last byte is a zero */
#ifdef HAVE_LZMA
		.built_in = true,
		.decompress = xz_decompress,
#endif
	},
	{
		.name = "zstd",
		.library = "libzstd",
		.remedy = "zstd -d",
		.magic = (const uint8_t *)ZSTD_MAGIC,
		.magic_size = sizeof(ZSTD_MAGIC) - 1,
#ifdef HAVE_ZSTD
		.built_in = true,
		.decompress = zstd_decompress,
#endif
	},
	{.name = NULL},
};

const struct compression *compression_find(const struct file_bytes *bytes)
{
	for (const struct compression *compression = compression_all; compression->name;
	     compression++)
		if (stream_begins(bytes, 0, (const char *)compression->magic,
				  compression->magic_size))
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
		return log_error(log, error, "%s: not enough memory to decompress it", path);
	}
}

int decompress_bytes(struct file_bytes *bytes, const char *path, uint64_t limit,
		     const struct log *log)
{
	const struct compression *compression = compression_find(bytes);
	struct file_bytes out = {0};
	int changed, error;

	if (!compression)
		return 0;
	if (!compression->built_in)
		return log_error(log, -ENOTSUP,
				 "%s: is compressed with %s, but kexec was built without %s;"
				 " decompress it first (%s)",
				 path, compression->name, compression->library,
				 compression->remedy);
	error = compression->decompress(&out, bytes, limit);
	/* A file that changed is the cause of whatever else seems to be wrong with it. */
	changed = file_bytes_check_unchanged(bytes, path, log);
	if (changed) {
		file_bytes_free(&out);
		return changed;
	}
	if (error)
		return report_failure(compression, error, path, limit, log);
	if (out.size == 0)
		return log_error(log, -ENODATA,
				 "%s: is empty when decompressed; get the file again", path);
	file_bytes_free(bytes);
	*bytes = out;
	return 0;
}
