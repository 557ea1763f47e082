/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whole-file compression of kernels, through the libraries made for it.
 */
#ifndef IMAGE_DECOMPRESS_H
#define IMAGE_DECOMPRESS_H

#include <stdbool.h>

#include "cli/log.h"
#include "image/file.h"

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
	const uint8_t *magic;
	size_t magic_size;
	/*
	 * Decompress all of @in to anonymous memory of at most @limit bytes; 0 or -errno, no
	 * message: -EFBIG beyond the limit, -EILSEQ damaged, -ENODATA truncated, -ENOMEM,
	 * -ENOTSUP where the stream asks for a method or a window that the library refuses.
	 * NULL if not built in.
	 */
	int (*decompress)(struct file_bytes *out, const struct file_bytes *in, uint64_t limit);
};

/* All formats known, ended by one without a name. */
extern const struct compression compression_all[];

/* The compression whose magic number the bytes have, or NULL. */
const struct compression *compression_find(const struct file_bytes *bytes);

/*
 * Replace @bytes by what they decompress to, if they are compressed; at most @limit bytes.
 * Returns 0, or -errno with a message that names @path and the remedy; @bytes are unchanged then.
 */
int decompress_bytes(struct file_bytes *bytes, const char *path, uint64_t limit,
		     const struct log *log);

#endif
