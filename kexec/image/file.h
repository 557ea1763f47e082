/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bytes of a file: mapped where the file can be used as it is, so that loading costs no copy.
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

/* Read-only bytes, owned: a mapping of a file, or anonymous memory with what was decompressed or
 * read from a device. */
struct file_bytes {
	const uint8_t *data;
	size_t size;
	size_t mapped;		    /* bytes of anonymous memory to unmap */
	struct mapped_file *source; /* what data is a mapping of; NULL: anonymous memory */
};

/*
 * Map the regular file @path; or read the device @path, block or character, if it knows its size,
 * as disks, UBI volumes and MTD partitions do: nothing would tell that it changed under a mapping.
 * @purpose is the noun for messages ("kernel", "initrd"). All else and what is empty is refused,
 * and a device of more than file_bytes_limit(). Returns 0, or -errno with a message.
 */
int file_bytes_map(struct file_bytes *bytes, const char *path, const char *purpose,
		   const struct log *log);

/*
 * That the file @path is still what was mapped, see mapped_file_check(); anonymous memory always
 * is. To be called when the bytes are about to be handed over, and again afterwards. Returns 0, or
 * -ESTALE or -EIO with a message.
 */
int file_bytes_check_unchanged(const struct file_bytes *bytes, const char *path,
			       const struct log *log);

/* Say that the bytes are about to be read from their beginning to their end. */
void file_bytes_expect_reading(const struct file_bytes *bytes);

/* Bytes that this machine can load at most: half of its memory. */
uint64_t file_bytes_limit(void);

/* Unmap; harmless on a zeroed struct. */
void file_bytes_free(struct file_bytes *bytes);

#endif
