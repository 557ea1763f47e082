/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes a file of bytes in memory that nobody can change, for a system call that takes a
 * descriptor.
 */
#ifndef LOAD_SEALED_FILE_H
#define LOAD_SEALED_FILE_H

#include <stddef.h>

/*
 * Make an empty file in memory (memfd_create(2)), to be written and then sealed. @name shows in
 * /proc. Returns the descriptor, closed on exec, which the caller closes; or -errno without a
 * message: -ENOSYS on kernels without such files. If there is no memory, writing fails with ENOSPC.
 */
int sealed_file_create(const char *name);

/* Forbid all further changes of that file. Returns 0, or -errno without a message. */
int sealed_file_seal(int descriptor);

/*
 * Copy the bytes to a new file in memory and seal it (memfd_create(2)). @name shows in /proc.
 * Returns the descriptor, closed on exec, which the caller closes; or -errno without a message:
 * -ENOMEM if there is no memory for the copy, -ENOSYS on kernels without such files.
 */
int sealed_file_make(const char *name, const void *data, size_t size);

#endif
