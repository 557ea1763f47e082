/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads ACPI's SRAT: a header, and structures that begin with their type and length. One type is
 * "Memory Affinity" (ACPI Specification 6.5, 5.2.16 and 5.2.16.2).
 */
#include "firmware/hot_pluggable.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "firmware/firmware.h"

/* The offset of the table's first structure. */
#define SRAT_STRUCTURES 48

#define STRUCTURE_HEADER_SIZE 2
#define MEMORY_AFFINITY	      1
#define MEMORY_AFFINITY_SIZE  40

/* Offsets in a structure of that type. */
#define BASE   8
#define LENGTH 16
#define FLAGS  28

#define FLAG_ENABLED	   (1 << 0)
#define FLAG_HOT_PLUGGABLE (1 << 1)

static int add_memory(struct range_set *set, const uint8_t *structure)
{
	const uint64_t flags = load_little_endian(structure + FLAGS, 4);
	struct range range;

	if (!(flags & FLAG_ENABLED) || !(flags & FLAG_HOT_PLUGGABLE) ||
	    range_make(&range, load_little_endian(structure + BASE, 8),
		       load_little_endian(structure + LENGTH, 8)))
		return 0;
	return range_set_add(set, range);
}

int hot_pluggable_read(struct range_set *set, const struct sysroot *sysroot)
{
	size_t size, position = SRAT_STRUCTURES;
	char *table;
	int error = 0;

	if (firmware_read_acpi_table(sysroot, "SRAT", &table, &size))
		return 0;
	while (!error && position < size && size - position >= STRUCTURE_HEADER_SIZE) {
		const uint8_t *structure = (const uint8_t *)table + position;
		const size_t length = structure[1];

		if (length < STRUCTURE_HEADER_SIZE || length > size - position)
			break;
		if (structure[0] == MEMORY_AFFINITY && length >= MEMORY_AFFINITY_SIZE)
			error = add_memory(set, structure);
		position += length;
	}
	free(table);
	return error;
}
