/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Little-endian numbers in bytes of any alignment: what is loaded is little endian on both
 * architectures, while this program may run on a machine that is not.
 */
#ifndef PLAN_LITTLE_ENDIAN_H
#define PLAN_LITTLE_ENDIAN_H

#include <stdint.h>

/* The @width low bytes, 1 to 8, at @bytes. */
static inline uint64_t load_little_endian(const uint8_t *bytes, unsigned int width)
{
	uint64_t value = 0;

	while (width-- > 0)
		value = value << 8 | bytes[width];
	return value;
}

/* Store the @width low bytes of @value, 1 to 8, at @bytes. */
static inline void store_little_endian(uint8_t *bytes, unsigned int width, uint64_t value)
{
	for (unsigned int i = 0; i < width; i++)
		bytes[i] = (uint8_t)(value >> (8 * i));
}

#endif
