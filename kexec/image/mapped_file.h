/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file that is mapped while others may write to it.
 *
 * A mapping is read several times: parsed, hashed, passed to the kernel. A file that changes in
 * between would be loaded with a wrong digest. A file that shrinks, or whose disk fails, would end
 * the program by SIGBUS at the next access.
 *
 * A lease (F_SETLEASE) would keep new writers out, but not those that have the file open, and many
 * file systems have no leases. So changes are not prevented but noticed, and SIGBUS is turned into
 * a change: zeros replace the mapping, and the program goes on in its usual way. The check that
 * comes before anything goes to the kernel then finds the file changed.
 *
 * Any number of threads may read a mapping. It may be closed only when none reads it any more.
 */
#ifndef IMAGE_MAPPED_FILE_H
#define IMAGE_MAPPED_FILE_H

#include <stdint.h>
#include <sys/stat.h>

struct mapped_file;

/*
 * Map the file, whose size is not 0. @status is what fstat(2) has just returned for it. On success
 * @file owns the descriptor. Returns 0, or -errno without a message.
 */
int mapped_file_open(struct mapped_file **file, int descriptor, const struct stat *status);

/* The st_size bytes of the file. */
const uint8_t *mapped_file_data(const struct mapped_file *file);

/* Let the kernel read ahead, for a caller who reads the file from its beginning to its end. */
void mapped_file_expect_reading(const struct mapped_file *file);

/*
 * Check that the mapping still has what the file had when it was opened, as far as its size and its
 * times of change tell. The times have the resolution of the kernel's clock tick, and a writer with
 * a shared mapping changes them late. Purgatory finds what this misses. Returns 0, -ESTALE if the
 * file changed, or -EIO if a part of it could not be read; without a message.
 */
int mapped_file_check(const struct mapped_file *file);

/* Another descriptor of the file, which the caller closes; or -errno without a message. */
int mapped_file_duplicate(const struct mapped_file *file);

/* Unmap and close; harmless on NULL. */
void mapped_file_close(struct mapped_file *file);

#endif
