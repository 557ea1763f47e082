/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The header of a file in a tar archive, in the format ustar (POSIX.1-2017, pax, "ustar Interchange
 * Format").
 */
#ifndef CAPTURE_TAR_HEADER_H
#define CAPTURE_TAR_HEADER_H

#include <stdint.h>

#define TAR_BLOCK_SIZE 512

/* Zeros at the end of an archive. */
#define TAR_END_SIZE (2 * TAR_BLOCK_SIZE)

/* Bytes of a name, with a NUL that the archive does not have. */
#define TAR_NAME_SIZE 256

/*
 * Make the header of a regular file that its owner alone can read, of the time 0 and of root.
 * Returns 0, -ENAMETOOLONG if the name cannot be divided at a "/" as the format asks, or -EFBIG if
 * the size does not fit.
 */
int tar_header_make(char header[TAR_BLOCK_SIZE], const char *name, uint64_t size);

#endif
