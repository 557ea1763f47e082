/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mapping files.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image/file.h"

/* Cause and remedy where a file of that status cannot be mapped, or NULL. */
static const char *describe_unusable(const struct stat *status)
{
	if (S_ISDIR(status->st_mode))
		return "is a directory; name a file in it";
	if (!S_ISREG(status->st_mode))
		return "is not a regular file; copy its contents to one";
	if (status->st_size == 0)
		return "is empty; get the file again";
	return NULL;
}

static int map_descriptor(struct file_bytes *bytes, int descriptor, const char *path,
			  const char *purpose, const struct log *log)
{
	const char *unusable;
	struct stat status;
	void *data;

	if (fstat(descriptor, &status))
		return log_error(log, -errno, "%s %s: cannot be examined: %s", purpose, path,
				 strerror(errno));
	unusable = describe_unusable(&status);
	if (unusable)
		return log_error(log, S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL, "%s %s: %s",
				 purpose, path, unusable);
	data = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
	if (data == MAP_FAILED)
		return log_error(log, -errno, "%s %s: cannot be mapped: %s", purpose, path,
				 strerror(errno));
	bytes->data = data;
	bytes->size = (size_t)status.st_size;
	bytes->mapped = bytes->size;
	return 0;
}

int file_bytes_map(struct file_bytes *bytes, const char *path, const char *purpose,
		   const struct log *log)
{
	int descriptor, error;

	*bytes = (struct file_bytes){0};
	/* Without O_NONBLOCK, opening a FIFO would wait for a writer. */
	descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (descriptor < 0)
		return log_error(log, -errno, "%s %s: cannot be opened: %s", purpose, path,
				 strerror(errno));
	error = map_descriptor(bytes, descriptor, path, purpose, log);
	close(descriptor);
	return error;
}

void file_bytes_free(struct file_bytes *bytes)
{
	if (bytes->data)
		munmap((void *)(uintptr_t)bytes->data, bytes->mapped);
	*bytes = (struct file_bytes){0};
}
