/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads the auxiliary vector.
 */
#include "machine/auxiliary_vector.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int find_value(const char *vector, size_t size, uint64_t type, uint64_t *value)
{
	Elf64_auxv_t entry;

	for (; size >= sizeof(entry); vector += sizeof(entry), size -= sizeof(entry)) {
		memcpy(&entry, vector, sizeof(entry));
		if (entry.a_type == AT_NULL)
			break;
		if (entry.a_type == type) {
			*value = entry.a_un.a_val;
			return 0;
		}
	}
	return -ENOENT;
}

int auxiliary_vector_find(const struct sysroot *sysroot, uint64_t type, uint64_t *value)
{
	char *vector;
	size_t size;
	int error = sysroot_read(sysroot, AUXILIARY_VECTOR, &vector, &size);

	if (error)
		return error;
	error = find_value(vector, size, type, value);
	free(vector);
	return error;
}
