/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finding fields and processors in /proc/cpuinfo.
 */
#include "cpu/cpuinfo.h"

#include <stddef.h>
#include <string.h>

const char *cpuinfo_find_field(const char *lines, const char *name)
{
	const size_t length = strlen(name);

	while (*lines && *lines != '\n') {
		const char *rest = lines + length;

		if (strncmp(lines, name, length) == 0) {
			rest += strspn(rest, " \t");
			if (*rest == ':')
				return rest + 1 + strspn(rest + 1, " \t");
		}
		lines += strcspn(lines, "\n");
		lines += *lines == '\n';
	}
	return NULL;
}

/* A file that went through other hands may have TABs, and CR at the ends of lines. */
bool cpuinfo_has_word(const char *value, const char *word)
{
	static const char separators[] = "_ \t\r\n";
	const size_t length = strlen(word);
	size_t size;

	while (*value && *value != '\n') {
		size = strcspn(value, separators);
		if (size == length && strncmp(value, word, length) == 0)
			return true;
		value += size;
		value += strspn(value, "_ \t\r");
	}
	return false;
}

const char *cpuinfo_next(const char *lines)
{
	lines = strstr(lines, "\n\n");
	return lines ? lines + strspn(lines, "\n") : NULL;
}
