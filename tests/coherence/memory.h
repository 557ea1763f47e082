/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's RAM as QEMU shares it through a file: what memory holds, whatever is mapped where.
 */
#ifndef COHERENCE_MEMORY_H
#define COHERENCE_MEMORY_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct memory {
	const uint8_t *bytes;
	uint64_t base; /* physical address of the first byte */
	uint64_t size; /* bytes */
};

static inline bool memory_has(const struct memory *memory, uint64_t address, uint64_t size)
{
	return address >= memory->base && size <= memory->size &&
	       address - memory->base <= memory->size - size;
}

/* The 8 bytes at a physical address; 0, which no table entry in use is, outside RAM. */
static inline uint64_t memory_read(const struct memory *memory, uint64_t address)
{
	uint64_t value = 0;

	if (memory_has(memory, address, sizeof(value)))
		memcpy(&value, memory->bytes + (address - memory->base), sizeof(value));
	return value;
}

#endif
