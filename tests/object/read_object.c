/* SPDX-License-Identifier: GPL-2.0-only */
#include "read_object.h"

#include <stdio.h>
#include <stdlib.h>

#define OBJECT_SIZE_MAX (4 << 20)

uint8_t *read_object(const char *path, size_t *size)
{
	uint8_t *object = NULL;
	FILE *file = fopen(path, "rb");

	if (!file)
		return NULL;
	object = malloc(OBJECT_SIZE_MAX);
	if (object)
		*size = fread(object, 1, OBJECT_SIZE_MAX, file);
	fclose(file);
	return object;
}
