/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Anonymous memory that grows as a decompressor fills it. Its pages are moved, never copied, so
 * that a kernel exists once, and a file that expands without end stops at a limit.
 */
#ifndef IMAGE_GROWING_BYTES_H
#define IMAGE_GROWING_BYTES_H

#include <stddef.h>
#include <stdint.h>

#include "image/file.h"

struct growing_bytes {
	uint8_t *data;	/* owned */
	size_t size;	/* bytes filled; the user adds what it wrote behind them */
	size_t mapped;	/* bytes of memory, a multiple of the page size */
	uint64_t limit; /* that size may not exceed */
};

/*
 * Make room behind what is filled, at most @most bytes; the memory may move. Returns 0 and the room
 * in bytes, more than 0 always: one byte past the limit can be written, which tells a file that
 * ends there from one that goes on. Returns -EFBIG once that byte was used, or -ENOMEM.
 */
int growing_bytes_room(struct growing_bytes *bytes, size_t *room, size_t most);

/*
 * Make room for @size bytes in one piece behind what is filled, for decompressors that write a
 * block at once; all of it can be written, also past the limit. The memory may move. Returns 0,
 * -EFBIG if more than the limit is filled already, or -ENOMEM.
 */
int growing_bytes_reserve(struct growing_bytes *bytes, size_t size);

/* Append a copy of @size bytes. Returns 0, -EFBIG beyond the limit, or -ENOMEM. */
int growing_bytes_append(struct growing_bytes *bytes, const void *data, size_t size);

/*
 * Make what is filled read-only, give back the rest, and move it to @out; @bytes is then empty.
 * Returns 0, -EFBIG beyond the limit, or -ENOMEM; @bytes still has to be freed then.
 */
int growing_bytes_seal(struct growing_bytes *bytes, struct file_bytes *out);

/* Unmap; harmless on one without memory. */
void growing_bytes_free(struct growing_bytes *bytes);

#endif
