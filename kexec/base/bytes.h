/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers at any alignment in memory. Loaded data is little endian on both architectures, and this
 * program may run on a big-endian machine. The headers of lzop and U-Boot are big endian.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdint.h>

/* The little-endian number in the @width bytes, 1 to 8, at @bytes. */
static inline uint64_t load_little_endian(const uint8_t *bytes, unsigned int width)
{
	uint64_t value = 0;

	while (width-- > 0)
		value = value << 8 | bytes[width];
	return value;
}

/* Store the @width low bytes of @value, 1 to 8, at @bytes, little endian. */
static inline void store_little_endian(uint8_t *bytes, unsigned int width, uint64_t value)
{
	for (unsigned int i = 0; i < width; i++)
		bytes[i] = (uint8_t)(value >> (8 * i));
}

/* The big-endian number in the @width bytes, 1 to 8, at @bytes. */
static inline uint64_t load_big_endian(const uint8_t *bytes, unsigned int width)
{
	uint64_t value = 0;

	for (unsigned int i = 0; i < width; i++)
		value = value << 8 | bytes[i];
	return value;
}

#endif
