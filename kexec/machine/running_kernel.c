/* SPDX-License-Identifier: GPL-2.0-only */
/* The running kernel, from /proc/cmdline and /proc/sys/kernel/osrelease. */
#include "machine/running_kernel.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/kernel_release.h"

static char join_dashes(char character)
{
	if (character == '-')
		return '_';
	return character;
}

/* The value of a word that sets @name, which may be empty; NULL if the word does not set it. */
static const char *find_value(const char *word, const char *name)
{
	for (; *name; word++, name++)
		if (join_dashes(*word) != join_dashes(*name))
			return NULL;
	if (*word == '=')
		return word + 1;
	return *word == '\0' ? word : NULL;
}

/* Cut the next word off @line, at white space outside double quotes; NULL at the end. */
static char *next_word(char **line)
{
	char *word = *line + strspn(*line, " \t\r\n");
	char *end = word;
	bool quoted = false;

	for (; *end && (quoted || !strchr(" \t\r\n", *end)); end++)
		if (*end == '"')
			quoted = !quoted;
	if (end == word)
		return NULL;
	*line = end + (*end != '\0');
	*end = '\0';
	return word;
}

char *running_kernel_parameter(const struct sysroot *sysroot, const char *name)
{
	const char *value = NULL;
	char *text, *rest, *word, *copy;
	size_t size;

	if (sysroot_read(sysroot, "/proc/cmdline", &text, &size))
		return NULL;
	rest = text;
	while ((word = next_word(&rest)) && strcmp(word, "--") != 0) {
		const char *found = find_value(word, name);

		if (found)
			value = found;
	}
	copy = value ? strdup(value) : NULL;
	free(text);
	return copy;
}

#define OSRELEASE "/proc/sys/kernel/osrelease"

bool running_kernel_release_has(const struct sysroot *sysroot, const char *mark)
{
	bool found;
	size_t size;
	char *text;

	if (sysroot_read(sysroot, OSRELEASE, &text, &size))
		return false;
	found = strstr(text, mark) != NULL;
	free(text);
	return found;
}

uint32_t running_kernel_release(const struct sysroot *sysroot)
{
	uint32_t release;
	size_t size;
	char *text;

	if (sysroot_read(sysroot, OSRELEASE, &text, &size))
		return 0;
	release = kernel_release_parse(text);
	free(text);
	return release;
}
