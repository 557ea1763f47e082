/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/write_all.h"

#include <errno.h>
#include <unistd.h>

int write_all(int file, const void *data, size_t size)
{
	const char *next = data;

	while (size) {
		const ssize_t written = write(file, next, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		next += written;
		size -= (size_t)written;
	}
	return 0;
}
