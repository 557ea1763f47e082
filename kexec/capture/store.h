/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where captured files go: a directory, or one file, a tar archive that is compressed with zstd.
 * All of it can be read by the owner alone.
 */
#ifndef CAPTURE_STORE_H
#define CAPTURE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"

struct store;

/* The largest file: what the size of a ustar header has room for (POSIX.1-2017, pax). */
#define STORE_FILE_SIZE_MAX ((UINT64_C(1) << 33) - 1)

/*
 * Make the store at @path: a new archive if the name ends in ".tar.zst" or ".tar", else a
 * directory, which is made if it does not exist and must be empty. Returns 0, or -errno with a
 * message.
 */
int store_open(struct store **store, const char *path, const struct log *log);

/*
 * Begin a file of @size bytes, STORE_FILE_SIZE_MAX at most; @name is a path from the root, at most
 * 255 bytes. Exactly that many bytes follow, by store_write(), and by store_skip() for zeros. A
 * failure is kept, and everything after it does nothing.
 */
void store_begin(struct store *store, const char *name, uint64_t size);
void store_write(struct store *store, const void *data, size_t size);
void store_skip(struct store *store, uint64_t size);

/* All of that for a file whose bytes are at hand. */
void store_add(struct store *store, const char *name, const void *data, size_t size);

/*
 * Finish the store, and free the handle. Returns 0, or the -errno of the first failure with a
 * message. Then an archive is removed; of a directory what was written stays. Harmless on NULL.
 */
int store_close(struct store *store);

/*
 * Give the store up after another failure, which has its message, and free the handle: an archive
 * is removed. Harmless on NULL.
 */
void store_discard(struct store *store);

#endif
