/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Anonymous memory that grows as a decompressor fills it, and never moves: it reserves addresses
 * for its largest size, and uses memory only as data is written. So a kernel exists once, other
 * threads can read its beginning while the rest is decompressed, and a file that expands without
 * end stops at a limit.
 */
#ifndef IMAGE_GROWING_BYTES_H
#define IMAGE_GROWING_BYTES_H

#include <stddef.h>
#include <stdint.h>

#include "image/file.h"

/* The most bytes that growing_bytes_reserve() takes: a block of lzop's. */
#define GROWING_BYTES_BLOCK_MAX ((size_t)64 << 20)

struct growing_bytes {
	uint8_t *data;	 /* owned */
	size_t size;	 /* bytes filled */
	size_t mapped;	 /* bytes of address space */
	size_t writable; /* the first so many of them can be written */
	uint64_t limit;	 /* that size may not exceed */
	/* Called after every growth, with @context; may be NULL. */
	void (*grown)(const struct growing_bytes *bytes, void *context);
	void *context;
};

/*
 * Find room behind the filled bytes: at most @most bytes, and no more than one step of growth.
 * Returns 0 and the room in bytes, which is always more than 0: one byte past the limit can be
 * written, which tells a file that ends at the limit from one that goes on. Returns -EFBIG once
 * that byte was used, or -ENOMEM.
 */
int growing_bytes_room(struct growing_bytes *bytes, size_t *room, size_t most);

/*
 * Make room for @size bytes in one piece behind the filled bytes, at most GROWING_BYTES_BLOCK_MAX,
 * for decompressors that write a block at once. All of it can be written, even past the limit.
 * Returns 0, -EFBIG if more than the limit is filled already, or -ENOMEM.
 */
int growing_bytes_reserve(struct growing_bytes *bytes, size_t size);

/*
 * How many bytes from @data on are filled or may be, the one past the limit included. This never
 * changes. Callers must still ask for room before they write. Returns 0 or -ENOMEM.
 */
int growing_bytes_capacity(struct growing_bytes *bytes, size_t *capacity);

/* Count @size bytes that were written behind the filled ones. */
void growing_bytes_advance(struct growing_bytes *bytes, size_t size);

/* Append a copy of @size bytes. Returns 0, -EFBIG beyond the limit, or -ENOMEM. */
int growing_bytes_append(struct growing_bytes *bytes, const void *data, size_t size);

/*
 * Make the filled bytes read-only, give back the rest, and pass them to @out at the same address.
 * @bytes is empty afterwards. Returns 0, -EFBIG beyond the limit, or -ENOMEM; after an error the
 * caller still has to free @bytes.
 */
int growing_bytes_seal(struct growing_bytes *bytes, struct file_bytes *out);

/* Unmap; harmless on one without memory. */
void growing_bytes_free(struct growing_bytes *bytes);

#endif
