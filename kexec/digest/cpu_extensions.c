/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lists of the extensions that a CPU has.
 */
#include "digest/cpu_extensions.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/*
 * An ISA string begins with this. Single letters follow, and then perhaps a name that begins with
 * one of these letters.
 */
#define ISA_BASE	"rv64"
#define ISA_NAMES_BEGIN "sxz"

/* Names that stand for others too. RISC-V: The RISC-V Instruction Set Manual, Volume I. */
static const struct {
	const char *name, *includes;
} bundles[] = {
	{"b", "zbb"},	   {"zk", "zknh"},	{"zkn", "zknh"},      {"zvbb", "zvkb"},
	{"zvkn", "zvkb"},  {"zvkn", "zvknha"},	{"zvknc", "zvkb"},    {"zvknc", "zvknha"},
	{"zvkng", "zvkb"}, {"zvkng", "zvknha"}, {"zvknhb", "zvknha"},
};

/* One name of a list, or all the letters of an ISA string. */
static bool word_has(const char *word, size_t length, const char *name)
{
	const size_t base = strlen(ISA_BASE);
	size_t i;

	if (length == strlen(name) && strncasecmp(word, name, length) == 0)
		return true;
	if (strlen(name) != 1 || length < base || strncasecmp(word, ISA_BASE, base) != 0)
		return false;
	for (i = base; i < length; i++) {
		const int letter = tolower((unsigned char)word[i]);

		if (strchr(ISA_NAMES_BEGIN, letter))
			return false;
		if (letter == name[0])
			return true;
	}
	return false;
}

/* A file that a user has edited or copied may have TABs, and CR at the ends of lines. */
static bool list_has_name(const struct cpu_extensions *list, const char *name)
{
	static const char separators[] = {' ', '\t', '\r', '_', '\0'};
	size_t start = 0, i;

	for (i = 0; i <= list->size; i++) {
		if (i < list->size && !memchr(separators, list->text[i], sizeof(separators)))
			continue;
		if (i > start && word_has(list->text + start, i - start, name))
			return true;
		start = i + 1;
	}
	return false;
}

static bool list_has(const struct cpu_extensions *list, const char *name)
{
	size_t i;

	if (list_has_name(list, name))
		return true;
	for (i = 0; i < sizeof(bundles) / sizeof(bundles[0]); i++)
		if (strcmp(bundles[i].includes, name) == 0 && list_has_name(list, bundles[i].name))
			return true;
	return false;
}

static bool lists_have(const struct cpu_extensions lists[], size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (list_has(&lists[i], name))
			return true;
	return false;
}

uint32_t cpu_extensions_find_engines(const struct arch_engine *engines,
				     const struct cpu_extensions lists[], size_t count)
{
	const struct arch_engine *entry = engines;
	uint32_t found = 1 << SHA256_GENERIC;

	for (; entry->engine != SHA256_GENERIC; entry++) {
		const char *const *name = entry->extensions;

		while (*name && lists_have(lists, count, *name))
			name++;
		if (!*name)
			found |= UINT32_C(1) << entry->engine;
	}
	return found;
}
