/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef OBJECT_READ_OBJECT_H
#define OBJECT_READ_OBJECT_H

#include <stddef.h>
#include <stdint.h>

/* The first 4 MiB of the file, more than any purgatory object has; to be freed. NULL: unreadable.
 */
uint8_t *read_object(const char *path, size_t *size);

#endif
