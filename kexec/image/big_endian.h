/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Big-endian numbers in bytes of any alignment: those of lzop's and of U-Boot's headers.
 */
#ifndef IMAGE_BIG_ENDIAN_H
#define IMAGE_BIG_ENDIAN_H

#include <stdint.h>

/* The @width bytes, 1 to 8, at @bytes. */
static inline uint64_t load_big_endian(const uint8_t *bytes, unsigned int width)
{
	uint64_t value = 0;

	for (unsigned int i = 0; i < width; i++)
		value = value << 8 | bytes[i];
	return value;
}

#endif
