/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The SHA-256 engine that purgatory is to use.
 */
#include "digest/engine_choice.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "purgatory.h"

static const char auto_name[] = "auto";
static const char *const names[SHA256_ENGINE_COUNT] = SHA256_ENGINE_NAMES;

int engine_choice_find(uint32_t *engine, const char *name)
{
	uint32_t i;

	*engine = PURGATORY_ENGINE_AUTO;
	if (!strcmp(name, auto_name))
		return 0;
	for (i = 0; i < SHA256_ENGINE_COUNT; i++) {
		if (!strcmp(name, names[i])) {
			*engine = i;
			return 0;
		}
	}
	return -EINVAL;
}

const char *engine_choice_name(uint32_t engine)
{
	return engine < SHA256_ENGINE_COUNT ? names[engine] : auto_name;
}

static bool is_available(const struct cpu_engines *available, enum sha256_engine engine)
{
	return engine == SHA256_GENERIC || available->engines >> engine & 1;
}

static bool is_missing(const struct cpu_engines *available, enum sha256_engine engine)
{
	return available->missing >> engine & 1;
}

/* The engines that are not known to be missing, for a message. */
static void list_engines(char *text, size_t size, const struct arch *arch,
			 const struct cpu_engines *available)
{
	const struct arch_engine *entry = arch->engines;
	size_t length = 0;

	for (;; entry++) {
		if (!is_missing(available, entry->engine))
			length += (size_t)snprintf(text + length, size - length, "%s%s",
						   length ? ", " : "", names[entry->engine]);
		if (entry->engine == SHA256_GENERIC)
			return;
	}
}

static const struct arch_engine *find_engine(const struct arch *arch, uint32_t engine)
{
	const struct arch_engine *entry = arch->engines;

	while (entry->engine != engine && entry->engine != SHA256_GENERIC)
		entry++;
	return entry->engine == engine ? entry : NULL;
}

static int check_wanted(uint32_t wanted, const struct arch *arch,
			const struct cpu_engines *available, const struct log *log)
{
	char list[128];

	list_engines(list, sizeof(list), arch, available);
	if (!find_engine(arch, wanted))
		return log_error(log, -ENOTSUP,
				 "--engine=%s is not one of %s: use auto, or one of: %s",
				 names[wanted], arch->name, list);
	if (is_missing(available, (enum sha256_engine)wanted))
		return log_error(log, -ENOTSUP,
				 "--engine=%s needs instructions that this CPU lacks: use auto, or "
				 "one of: %s",
				 names[wanted], list);
	return 0;
}

int engine_choice_make(uint32_t *engine, uint32_t wanted, const struct arch *arch,
		       const struct cpu_engines *available, const struct log *log)
{
	const struct arch_engine *entry = arch->engines;

	*engine = wanted;
	if (wanted != PURGATORY_ENGINE_AUTO)
		return check_wanted(wanted, arch, available, log);
	if (arch->engine_chosen_late)
		return 0;
	while (!is_available(available, entry->engine))
		entry++;
	*engine = entry->engine;
	return 0;
}
