/* SPDX-License-Identifier: GPL-2.0-only */
/* Writing all of some bytes, however many write(2) takes at a time. */
#ifndef BASE_WRITE_ALL_H
#define BASE_WRITE_ALL_H

#include <stddef.h>

/*
 * Write @size bytes at the place where @file is, across short writes and signals. Returns 0, or
 * -errno of write(2) without a message: some of the bytes may be written then.
 */
int write_all(int file, const void *data, size_t size);

#endif
