/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writing one frame of Zstandard (RFC 8878) to a file, through libzstd.
 */
#ifndef CAPTURE_ZSTD_WRITER_H
#define CAPTURE_ZSTD_WRITER_H

#include <stddef.h>

struct zstd_writer;

/*
 * Begin. @descriptor stays the caller's. Returns 0, -ENOMEM, or -ENOSYS if kexec was built without
 * libzstd, without a message.
 */
int zstd_writer_open(struct zstd_writer **writer, int descriptor);

/* Compress the bytes. Returns 0 or -errno, without a message. */
int zstd_writer_write(struct zstd_writer *writer, const void *data, size_t size);

/* Write the end of the frame. Returns 0 or -errno, without a message. */
int zstd_writer_finish(struct zstd_writer *writer);

/* Free the handle; harmless on NULL. */
void zstd_writer_close(struct zstd_writer *writer);

#endif
