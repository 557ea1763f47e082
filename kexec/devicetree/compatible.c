/* SPDX-License-Identifier: GPL-2.0-only */
/* The root node's "compatible". */
#include "devicetree/compatible.h"

#include <libfdt.h>
#include <stdio.h>
#include <string.h>

struct compatible compatible_read(const void *fdt, int node)
{
	int size;
	const char *strings = fdt_getprop(fdt, node, "compatible", &size);

	if (!strings || size <= 0 || strings[size - 1])
		return (struct compatible){.strings = NULL};
	return (struct compatible){strings, (size_t)size};
}

/* The string that follows @string, or the first one if @string is NULL; NULL after the last. */
static const char *next_string(const struct compatible *compatible, const char *string)
{
	if (!string)
		return compatible->strings;
	string += strlen(string) + 1;
	return string < compatible->strings + compatible->size ? string : NULL;
}

static bool has_string(const struct compatible *compatible, const char *wanted)
{
	for (const char *string = next_string(compatible, NULL); string;
	     string = next_string(compatible, string))
		if (strcmp(string, wanted) == 0)
			return true;
	return false;
}

int compatible_match(const struct compatible *board, const struct compatible *other)
{
	int position = 0;

	for (const char *string = next_string(board, NULL); string;
	     string = next_string(board, string)) {
		if (has_string(other, string))
			return position;
		position++;
	}
	return -1;
}

bool compatible_is_same(const struct compatible *board, const struct compatible *other)
{
	return board->strings && other->strings && strcmp(board->strings, other->strings) == 0;
}

bool compatible_is_soc_alone(const struct compatible *board, const struct compatible *other)
{
	const int position = compatible_match(board, other);
	int last = -1;

	for (const char *string = next_string(board, NULL); string;
	     string = next_string(board, string))
		last++;
	return position > 0 && position == last;
}

void compatible_format(char *text, const struct compatible *compatible)
{
	size_t length = 0;

	snprintf(text, COMPATIBLE_TEXT_SIZE, "none");
	for (const char *string = next_string(compatible, NULL);
	     string && length < COMPATIBLE_TEXT_SIZE; string = next_string(compatible, string))
		length += (size_t)snprintf(text + length, COMPATIBLE_TEXT_SIZE - length, "%s%s",
					   length ? ", " : "", string);
}
