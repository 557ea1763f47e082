/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bytes of a file: mapped where the file can be used as it is, so that loading costs no copy.
 */
#ifndef IMAGE_FILE_H
#define IMAGE_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "cli/log.h"

/* Read-only bytes, owned: a mapping of a file, or anonymous memory with what was decompressed. */
struct file_bytes {
	const uint8_t *data;
	size_t size;
	size_t mapped; /* bytes to unmap */
};

/*
 * Map the regular file @path. @purpose is the noun for messages ("kernel", "initrd"). An empty
 * file, a directory and a device are refused. Returns 0, or -errno with a message.
 */
int file_bytes_map(struct file_bytes *bytes, const char *path, const char *purpose,
		   const struct log *log);

/* Unmap; harmless on a zeroed struct. */
void file_bytes_free(struct file_bytes *bytes);

#endif
