/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Compression of kernels, whole files of them and what boot formats hold, through the libraries
 * made for it.
 */
#ifndef IMAGE_DECOMPRESS_H
#define IMAGE_DECOMPRESS_H

#include <stdbool.h>

#include "base/log.h"
#include "digest/chunk_hash.h"
#include "image/file.h"
#include "image/growing_bytes.h"

/* Magic numbers of one format, at most: LZ4 has two. */
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
	/* First bytes of a stream, and how many; none where size is 0. */
	struct image_bytes magics[COMPRESSION_MAGIC_MAX];
	/*
	 * Decompress all of @in to @output, straight to where it stays wherever the library can; 0
	 * or -errno, no message: -EFBIG beyond the limit, -EILSEQ damaged, -ENODATA truncated,
	 * -ENOMEM, -ENOTSUP where the stream asks for a method or a window that the library
	 * refuses. NULL if not built in.
	 */
	int (*decompress)(struct growing_bytes *output, const struct image_bytes *in);
};

/* All formats known, ended by one without a name. */
extern const struct compression compression_all[];

/* The compression whose magic number the bytes have, or NULL. */
const struct compression *decompress_find(const struct image_bytes *bytes);

/* The compression of that name, with which boot formats say what they hold, or NULL. */
const struct compression *decompress_find_name(const char *name);

/* What is to be decompressed, and what messages say of it. */
struct compressed_bytes {
	const struct compression *compression;
	struct image_bytes bytes;
	const struct file_bytes *file; /* where they are from: it must not have changed */
	const char *path;	       /* of the file */
	uint64_t limit;		       /* of what they expand to, in bytes */
	/* What begins like an Image is offered to it while the rest is made; NULL: nothing is. */
	struct chunk_hash *hash;
};

/*
 * Decompress to @out, which the caller frees. Returns 0, or -errno with a message that names the
 * path and the remedy; all that was offered to the hash, by anybody, is withdrawn then,
 * after the message.
 */
int decompress_bytes(struct file_bytes *out, const struct compressed_bytes *in,
		     const struct log *log);

#endif
