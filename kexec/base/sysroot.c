/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files of the running system, or of a captured one below a directory.
 */
#include "base/sysroot.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* More than any file that is read here: a device tree is at most 2 MiB on both architectures. */
#define FILE_SIZE_MAX ((size_t)64 << 20)

/*
 * Open @path as if @directory were the root. Linux before 5.6 has no openat2(2): there a captured
 * system's links to absolute paths lead out of the directory. The path is made relative, which
 * means the same here, because qemu-user takes an absolute path below /proc for its own, whatever
 * the directory is.
 */
static int open_in_root(int directory, const char *path, int flags)
{
	const struct open_how how = {
		.flags = (uint64_t)flags,
		.resolve = RESOLVE_IN_ROOT,
	};
	long result;

	path += strspn(path, "/");
	result = syscall(SYS_openat2, directory, path, &how, sizeof(how));
	if (result < 0 && errno == ENOSYS)
		result = openat(directory, path, flags);
	return result < 0 ? -errno : (int)result;
}

/*
 * Refuse a FIFO or a socket, because it has no contents of its own and its reader may wait for
 * ever. Returns @descriptor, or closes it and returns -errno. A @descriptor that is an -errno
 * already is returned as it is.
 */
static int refuse_pipe(int descriptor)
{
	struct stat status;
	int error = 0;

	if (descriptor < 0)
		return descriptor;
	if (fstat(descriptor, &status))
		error = -errno;
	else if (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode))
		error = -ESPIPE;
	if (!error)
		return descriptor;
	close(descriptor);
	return error;
}

int sysroot_open_descriptor(const struct sysroot *sysroot, const char *path, int flags)
{
	int root, descriptor;

	/*
	 * Without O_NONBLOCK, opening a FIFO would wait for a writer. With O_PATH nothing is
	 * opened, and openat2() refuses these flags.
	 */
	flags |= O_CLOEXEC;
	if (!(flags & O_PATH))
		flags |= O_NOCTTY | O_NONBLOCK;
	if (!*sysroot->directory) {
		descriptor = open(path, flags);
		return refuse_pipe(descriptor < 0 ? -errno : descriptor);
	}
	root = open(sysroot->directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return -errno;
	descriptor = open_in_root(root, path, flags);
	close(root);
	return refuse_pipe(descriptor);
}

FILE *sysroot_open(const struct sysroot *sysroot, const char *path)
{
	int descriptor = sysroot_open_descriptor(sysroot, path, 0);
	FILE *stream;

	if (descriptor < 0) {
		errno = -descriptor;
		return NULL;
	}
	stream = fdopen(descriptor, "r");
	if (!stream)
		close(descriptor);
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

/* Read all of it, and close it. On an error there is neither data nor size. */
static int read_and_close(int descriptor, char **data, size_t *size)
{
	size_t capacity = 0;
	ssize_t count;
	int error = 0;

	*data = NULL;
	*size = 0;
	do {
		if (*size + 1 >= capacity) {
			error = grow(data, &capacity);
			if (error)
				break;
		}
		count = read(descriptor, *data + *size, capacity - *size - 1);
		if (count > 0)
			*size += (size_t)count;
		else if (count < 0 && errno != EINTR)
			error = -errno;
	} while (!error && count);
	close(descriptor);
	if (error) {
		free(*data);
		*data = NULL;
		*size = 0;
		return error;
	}
	(*data)[*size] = '\0';
	return 0;
}

int sysroot_read(const struct sysroot *sysroot, const char *path, char **data, size_t *size)
{
	int descriptor = sysroot_open_descriptor(sysroot, path, 0);

	*data = NULL;
	*size = 0;
	return descriptor < 0 ? descriptor : read_and_close(descriptor, data, size);
}

int sysroot_read_number(int descriptor, long *number)
{
	char *text, *end;
	size_t size;
	int error = descriptor < 0 ? descriptor : read_and_close(descriptor, &text, &size);

	if (error)
		return error;
	errno = 0;
	*number = strtol(text, &end, 10);
	if (errno || end == text)
		error = -EINVAL;
	free(text);
	return error;
}

int sysroot_read_at(int directory, const char *name, char **data, size_t *size)
{
	int descriptor = openat(directory, name, O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	*data = NULL;
	*size = 0;
	return descriptor < 0 ? -errno : read_and_close(descriptor, data, size);
}
