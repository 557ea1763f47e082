/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The functions of the table of compressions: the @decompress of struct compression. Each is in the
 * file of its name.
 */
#ifndef IMAGE_COMPRESSION_METHODS_H
#define IMAGE_COMPRESSION_METHODS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "image/file.h"
#include "image/growing_bytes.h"

/*
 * The most memory that a decompressor may take for itself. It is more than xz -9 (64 MiB) and zstd
 * --ultra -22 (128 MiB) need, which the kernel's build uses, and less than a hostile header may ask
 * for.
 */
#define COMPRESSION_WINDOW_LOG 27
#define COMPRESSION_MEMORY_MAX ((uint64_t)2 << COMPRESSION_WINDOW_LOG)

/*
 * The first bytes of a stream. For lzma they are the usual properties and a dictionary of a
 * multiple of 64 KiB.
 */
#define BZIP2_MAGIC	 "BZh"
#define GZIP_MAGIC	 "\x1f\x8b"
#define LZ4_FRAME_MAGIC	 "\x04\x22\x4d\x18"
#define LZ4_LEGACY_MAGIC "\x02\x21\x4c\x18"
#define LZMA_MAGIC	 "\x5d\0\0"
#define LZO_MAGIC	 "\x89LZO\0\r\n\x1a\n"
#define XZ_MAGIC \
	"\xfd"   \
	"7zXZ"
#define ZSTD_MAGIC "\x28\xb5\x2f\xfd"

int bzip2_decompress(struct growing_bytes *output, const struct image_bytes *in);
int gzip_decompress(struct growing_bytes *output, const struct image_bytes *in);
int lz4_decompress(struct growing_bytes *output, const struct image_bytes *in);
int lzma_decompress(struct growing_bytes *output, const struct image_bytes *in);
int lzo_decompress(struct growing_bytes *output, const struct image_bytes *in);
int xz_decompress(struct growing_bytes *output, const struct image_bytes *in);
int zstd_decompress(struct growing_bytes *output, const struct image_bytes *in);

/* True if a stream with that magic number begins at @offset of @in. */
static inline bool stream_begins(const struct image_bytes *in, size_t offset, const char *magic,
				 size_t magic_size)
{
	return in->size - offset >= magic_size && memcmp(in->data + offset, magic, magic_size) == 0;
}

#endif
