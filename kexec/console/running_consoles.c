/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The consoles that the running kernel writes to. fs/proc/consoles.c prints for each a line like
 * "ttyAMA0              -W- (EC  p a)  204:64": its name, what it can do, and in parentheses its
 * flags, E for one that is enabled.
 */
#include "console/running_consoles.h"

#include <stddef.h>
#include <string.h>

#define CONSOLES "/proc/consoles"

char *running_consoles_read(const struct sysroot *sysroot)
{
	char *text;
	size_t size;

	return sysroot_read(sysroot, CONSOLES, &text, &size) ? NULL : text;
}

/* True if the line, @length bytes, is that of an enabled console of this name. */
static bool is_enabled(const char *line, size_t length, const char *name)
{
	const size_t name_length = strlen(name);
	const char *flags;
	size_t rest;

	if (length <= name_length || memcmp(line, name, name_length) != 0 ||
	    line[name_length] != ' ')
		return false;
	flags = memchr(line, '(', length);
	if (!flags)
		return false;
	rest = length - (size_t)(flags - line);
	return memchr(flags, ')', rest) && memchr(flags, 'E', rest);
}

bool running_consoles_have(const char *text, const char *name)
{
	bool found = false;

	while (text && *text && !found) {
		const size_t length = strcspn(text, "\n");

		found = is_enabled(text, length, name);
		text += length + (text[length] == '\n');
	}
	return found;
}
