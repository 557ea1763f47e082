/* SPDX-License-Identifier: GPL-2.0-only */
/* Damage by chance. */
#include "damage.h"

#include <stdbool.h>
#include <string.h>

/* Headers are at the beginning of files, and of most the only ones that are not compressed. */
#define HEADERS_SIZE 1024

uint32_t damage_next(uint32_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 17;
	*random ^= *random << 5;
	return *random;
}

void damage_bytes(uint32_t *random, uint8_t *bytes, size_t size)
{
	static const uint32_t values[] = {0, 1, 0x7f, 0xff, 0x7fffffff, 0x80000000, 0xffffffff};
	const unsigned int changes = 1 + damage_next(random) % 4;

	for (unsigned int i = 0; i < changes; i++) {
		const bool at_headers = damage_next(random) % 4 && size > HEADERS_SIZE;
		const size_t place = damage_next(random) % (at_headers ? HEADERS_SIZE : size);
		size_t width = (size_t)1 << damage_next(random) % 3;
		uint32_t value = damage_next(random);

		if (damage_next(random) % 2)
			value = values[value % (sizeof(values) / sizeof(values[0]))];
		if (width > size - place)
			width = size - place;
		memcpy(bytes + place, &value, width);
	}
}
