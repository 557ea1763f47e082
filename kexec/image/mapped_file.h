/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file that is mapped while others may write to it.
 *
 * What is mapped is looked at several times: parsed, hashed, handed to the kernel. A file that
 * changes in between would be loaded with a digest that it no longer has; one that shrinks, or
 * whose disk fails, ends the program by SIGBUS at the next access.
 *
 * A lease (F_SETLEASE) would keep writers out, but not those that are there already, and many file
 * systems have none. So changes are not prevented but noticed, and SIGBUS is turned into one: zeros
 * take the place of the mapping, the program goes on in its usual way, and the check that has to
 * come before anything is handed over finds the file changed.
 *
 * Any number of threads may read a mapping. It is closed when none does any more.
 */
#ifndef IMAGE_MAPPED_FILE_H
#define IMAGE_MAPPED_FILE_H

#include <stdint.h>
#include <sys/stat.h>

struct mapped_file;

/*
 * Map the file, of which fstat(2) has just said @status and whose size is not 0. On success @file
 * owns the descriptor. Returns 0, or -errno without a message.
 */
int mapped_file_open(struct mapped_file **file, int descriptor, const struct stat *status);

/* The st_size bytes of the file. */
const uint8_t *mapped_file_data(const struct mapped_file *file);

/* Have the kernel read ahead, for one who reads the file from its beginning to its end. */
void mapped_file_expect_reading(const struct mapped_file *file);

/*
 * Whether the mapping still holds what the file held when it was opened, as far as its size and its
 * times of change tell. These have the resolution of the kernel's clock tick, and a writer with a
 * shared mapping moves them late: what is missed here is for purgatory to find. Returns 0, -ESTALE
 * if the file changed, or -EIO if a part of it could not be read; without a message.
 */
int mapped_file_check(const struct mapped_file *file);

/* Another descriptor of the file, which the caller closes; or -errno without a message. */
int mapped_file_duplicate(const struct mapped_file *file);

/* Unmap and close; harmless on NULL. */
void mapped_file_close(struct mapped_file *file);

#endif
