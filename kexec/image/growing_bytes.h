/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Anonymous memory that grows as a decompressor fills it, and never moves: addresses are reserved
 * for all that it may become, and memory is used as it is written. So a kernel exists once, others
 * can read its beginning while the rest is made, and a file that expands without end stops at a
 * limit.
 */
#ifndef IMAGE_GROWING_BYTES_H
#define IMAGE_GROWING_BYTES_H

#include <stddef.h>
#include <stdint.h>

#include "image/file.h"

/* The most that growing_bytes_reserve() can be asked for: a block of lzop's. */
#define GROWING_BYTES_BLOCK_MAX ((size_t)64 << 20)

struct growing_bytes {
	uint8_t *data;	 /* owned */
	size_t size;	 /* bytes filled */
	size_t mapped;	 /* bytes of address space */
	size_t writable; /* of them the first, in use or about to be */
	uint64_t limit;	 /* that size may not exceed */
	/* Told after every growth, with @context; NULL: nobody. */
	void (*grown)(const struct growing_bytes *bytes, void *context);
	void *context;
};

/*
 * Find room behind what is filled, at most @most bytes and not more than is worth to hear about as
 * growth. Returns 0 and the room in bytes, more than 0 always: one byte past the limit can be
 * written, which tells a file that ends there from one that goes on. Returns -EFBIG once that byte
 * was used, or -ENOMEM.
 */
int growing_bytes_room(struct growing_bytes *bytes, size_t *room, size_t most);

/*
 * Make sure of room for @size bytes in one piece behind what is filled, at most
 * GROWING_BYTES_BLOCK_MAX, for decompressors that write a block at once; all of it can be written,
 * also past the limit. Returns 0, -EFBIG if more than the limit is filled already, or -ENOMEM.
 */
int growing_bytes_reserve(struct growing_bytes *bytes, size_t size);

/*
 * Bytes from @data on that may be filled or are, the one past the limit among them: always the
 * same. What is to be written has to be asked for all the same. Returns 0 or -ENOMEM.
 */
int growing_bytes_capacity(struct growing_bytes *bytes, size_t *capacity);

/* Count @size bytes that were written behind what is filled. */
void growing_bytes_advance(struct growing_bytes *bytes, size_t size);

/* Append a copy of @size bytes. Returns 0, -EFBIG beyond the limit, or -ENOMEM. */
int growing_bytes_append(struct growing_bytes *bytes, const void *data, size_t size);

/*
 * Make what is filled read-only, give back the rest, and hand it over to @out at the same address;
 * @bytes is then empty. Returns 0, -EFBIG beyond the limit, or -ENOMEM; @bytes still has to be
 * freed then.
 */
int growing_bytes_seal(struct growing_bytes *bytes, struct file_bytes *out);

/* Unmap; harmless on one without memory. */
void growing_bytes_free(struct growing_bytes *bytes);

#endif
