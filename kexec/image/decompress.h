/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decompression of whole kernel files and of the data in boot formats, by the compression
 * libraries.
 */
#ifndef IMAGE_DECOMPRESS_H
#define IMAGE_DECOMPRESS_H

#include <stdbool.h>

#include "base/log.h"
#include "digest/chunk_hash.h"
#include "image/file.h"
#include "image/growing_bytes.h"

/* The most magic numbers of one format: LZ4 has two. */
#define COMPRESSION_MAGIC_MAX 2

/*
 * A compression format, built in or not.
 *
 * A file may hold several compressed streams one after another, as gzip(1), xz(1) and zstd(1)
 * allow; their contents follow each other. Bytes behind the last stream that do not begin another
 * one are ignored: partitions pad with zeros, and kernel builds append the decompressed size.
 */
struct compression {
	const char *name;    /* "gzip" */
	const char *library; /* "zlib", for the message if it is missing */
	const char *remedy;  /* the command that decompresses by hand */
	bool built_in;	     /* its library was found by configure */
	/* The first bytes of a stream; an entry of size 0 is none. */
	struct image_bytes magics[COMPRESSION_MAGIC_MAX];
	/*
	 * Decompress all of @in to @output, without another copy wherever the library can. Returns
	 * 0, or -errno without a message: -EFBIG beyond the limit, -EILSEQ damaged, -ENODATA
	 * truncated, -ENOMEM, -ENOTSUP if the stream needs a method or a window that the library
	 * refuses. NULL if not built in.
	 */
	int (*decompress)(struct growing_bytes *output, const struct image_bytes *in);
};

/* All known formats, ended by one without a name. */
extern const struct compression compression_all[];

/* The compression whose magic number the bytes have, or NULL. */
const struct compression *decompress_find(const struct image_bytes *bytes);

/* The compression that boot formats call by that name, or NULL. */
const struct compression *decompress_find_name(const char *name);

/* The bytes to decompress, and what messages need. */
struct compressed_bytes {
	const struct compression *compression;
	struct image_bytes bytes;
	const struct file_bytes *file; /* where they come from; an error if it has changed */
	const char *path;	       /* of the file */
	uint64_t limit;		       /* of the decompressed size, in bytes */
	/*
	 * If the data begins like an Image, it is offered to this while the rest is decompressed.
	 * NULL: nothing is offered.
	 */
	struct chunk_hash *hash;
};

/*
 * Decompress to @out, which the caller frees. Returns 0, or -errno with a message that names the
 * path and the remedy; all that anybody has offered to the hash is withdrawn then, after the
 * message.
 */
int decompress_bytes(struct file_bytes *out, const struct compressed_bytes *in,
		     const struct log *log);

#endif
