/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files of the running system, or of a captured one: with --sysroot=DIR every path (/proc/...,
 * /sys/...) is read below DIR. Symbolic links to absolute paths are followed below DIR too, so that
 * nothing of the running system gets mixed in.
 */
#ifndef BASE_SYSROOT_H
#define BASE_SYSROOT_H

#include <stddef.h>
#include <stdio.h>

struct sysroot {
	const char *directory; /* "" for the running system; not owned */
};

/*
 * Open @path (absolute) below the sysroot for reading; @flags are of open(2), such as O_DIRECTORY.
 * Returns the descriptor, closed on exec, or -errno without a message: -ESPIPE for a FIFO. This
 * function never waits for the writer of a FIFO.
 */
int sysroot_open_descriptor(const struct sysroot *sysroot, const char *path, int flags);

/* The same as a stream, or NULL with errno. */
FILE *sysroot_open(const struct sysroot *sysroot, const char *path);

/*
 * Read all of @path, whatever size stat(2) claims (files in /proc claim 0). On success *data is
 * malloc'ed, *size its size, and a NUL byte follows it. Returns 0 or -errno, without a message.
 */
int sysroot_read(const struct sysroot *sysroot, const char *path, char **data, size_t *size);

/*
 * Read the decimal number that an open file begins with, and close it. A @descriptor that is an
 * -errno is returned as it is, so that what opens the file can stand in the call. Returns 0, or
 * -errno without a message: -EINVAL if there is no number, or one that is too large.
 */
int sysroot_read_number(int descriptor, long *number);

/* As sysroot_read(), for the regular file @name in an open @directory of the sysroot; links are
 * refused. */
int sysroot_read_at(int directory, const char *name, char **data, size_t *size);

#endif
