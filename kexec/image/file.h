/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bytes of a file, mapped if the file can be used as it is, so that loading needs no copy.
 */
#ifndef IMAGE_FILE_H
#define IMAGE_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/log.h"

struct mapped_file;

/* Read-only bytes that somebody else owns. */
struct image_bytes {
	const uint8_t *data;
	size_t size;
};

/*
 * Read-only bytes, owned: a mapping of a file, or anonymous memory with decompressed data or with
 * what was read from a device.
 */
struct file_bytes {
	const uint8_t *data;
	size_t size;
	size_t mapped;		    /* bytes of anonymous memory to unmap */
	struct mapped_file *source; /* the file that data maps; NULL: anonymous memory */
};

/*
 * Map the regular file @path; or read the device @path, block or character, if it knows its size,
 * as disks, UBI volumes and MTD partitions do. A device is not mapped, because nothing would tell
 * that it changed. @purpose is the noun for messages ("kernel", "initrd"). Other kinds of files,
 * empty ones, and devices of more than file_bytes_limit() are refused. Returns 0, or -errno with a
 * message.
 */
int file_bytes_map(struct file_bytes *bytes, const char *path, const char *purpose,
		   const struct log *log);

/*
 * Check that the file @path is still what was mapped, see mapped_file_check(). Anonymous memory
 * always passes. Call this just before the bytes go to the kernel, and again afterwards. Returns 0,
 * or -ESTALE or -EIO with a message.
 */
int file_bytes_check_unchanged(const struct file_bytes *bytes, const char *path,
			       const struct log *log);

/* Say that the bytes are about to be read from their beginning to their end. */
void file_bytes_expect_reading(const struct file_bytes *bytes);

/* The most bytes that this machine can load: half of its memory. */
uint64_t file_bytes_limit(void);

/* Unmap; harmless on a zeroed struct. */
void file_bytes_free(struct file_bytes *bytes);

#endif
