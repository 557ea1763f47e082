/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files of the running system, or of a captured one below a directory.
 */
#include "machine/sysroot.h"

#include <errno.h>
#include <stdlib.h>

/* More than any file that is read here: a device tree is at most 2 MiB on both architectures. */
#define FILE_SIZE_MAX ((size_t)64 << 20)

char *sysroot_path(const struct sysroot *sysroot, const char *path)
{
	char *full;

	if (asprintf(&full, "%s%s", sysroot->directory, path) < 0)
		return NULL;
	return full;
}

FILE *sysroot_open(const struct sysroot *sysroot, const char *path)
{
	char *full = sysroot_path(sysroot, path);
	FILE *stream;
	int error;

	if (!full) {
		errno = ENOMEM;
		return NULL;
	}
	stream = fopen(full, "re");
	error = errno;
	free(full);
	errno = error;
	return stream;
}

/* Make room for at least one more byte and the NUL after it. */
static int grow(char **data, size_t *capacity)
{
	size_t larger = *capacity ? *capacity * 2 : 4096;
	char *moved;

	if (larger > FILE_SIZE_MAX)
		return -EFBIG;
	moved = realloc(*data, larger);
	if (!moved)
		return -ENOMEM;
	*data = moved;
	*capacity = larger;
	return 0;
}

static int read_stream(FILE *stream, char **data, size_t *size)
{
	size_t capacity = 0;
	int error;

	for (;;) {
		if (*size + 1 >= capacity) {
			error = grow(data, &capacity);
			if (error)
				return error;
		}
		errno = 0;
		*size += fread(*data + *size, 1, capacity - *size - 1, stream);
		(*data)[*size] = '\0';
		if (ferror(stream))
			return errno ? -errno : -EIO;
		if (feof(stream))
			return 0;
	}
}

int sysroot_read(const struct sysroot *sysroot, const char *path, char **data, size_t *size)
{
	FILE *stream = sysroot_open(sysroot, path);
	int error;

	*data = NULL;
	*size = 0;
	if (!stream)
		return -errno;
	error = read_stream(stream, data, size);
	fclose(stream);
	if (error) {
		free(*data);
		*data = NULL;
		*size = 0;
	}
	return error;
}
