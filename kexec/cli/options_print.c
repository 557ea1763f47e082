/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * --help and --version, made from the tables of options, kernel formats, compressions and
 * architectures.
 */
#include <config.h>

#include <string.h>

#include "cli/options.h"
#include "digest/engine_choice.h"
#include "image/decompress.h"
#include "image/image.h"

/* Help texts begin in this column, behind the option's spelling and two blanks. */
#define HELP_COLUMN 27

/* What stands between the name and argument_of(). */
static const char *separator_of(const struct option_entry *entry)
{
	if (!entry->argument)
		return "";
	return entry->argument[0] == '[' ? "[=" : "=";
}

static const char *argument_of(const struct option_entry *entry)
{
	if (!entry->argument)
		return "";
	return entry->argument[0] == '[' ? entry->argument + 1 : entry->argument;
}

/* "-t, --type=TYPE", with the aliases that follow @entry in the table. */
static void format_spelling(char *text, size_t size, const struct option_entry *entry)
{
	const char *separator = ", ";
	const struct option_entry *name;
	size_t length;

	if (entry->value <= UINT8_MAX) {
		length = (size_t)snprintf(text, size, "  -%c", entry->value);
	} else {
		length = (size_t)snprintf(text, size, "    ");
		separator = "  ";
	}
	for (name = entry; name->name && name->value == entry->value; name++) {
		length += (size_t)snprintf(text + length, size - length, "%s--%s%s%s", separator,
					   name->name, separator_of(name), argument_of(name));
		separator = ", ";
	}
}

static void print_option(FILE *stream, const struct option_entry *entry)
{
	char spelling[128];
	const char *line = entry->help;
	int column = HELP_COLUMN;

	format_spelling(spelling, sizeof(spelling), entry);
	if (strlen(spelling) > HELP_COLUMN - 2)
		fprintf(stream, "%s\n", spelling);
	else
		column -= fprintf(stream, "%s", spelling);
	for (;;) {
		int length = (int)strcspn(line, "\n");

		fprintf(stream, "%*s%.*s\n", column, "", length, line);
		if (!line[length])
			return;
		line += length + 1;
		column = HELP_COLUMN;
	}
}

/* Print the names of a format, such as "zboot, vmlinuz", and its help. */
static void print_format(FILE *stream, const struct image_format *format)
{
	const char *separator = "  ";
	int column = HELP_COLUMN;

	for (const char *const *name = format->names; *name; name++) {
		column -= fprintf(stream, "%s%s", separator, *name);
		separator = ", ";
	}
	if (column < 2) {
		fprintf(stream, "\n");
		column = HELP_COLUMN;
	}
	fprintf(stream, "%*s%s\n", column, "", format->help);
}

/* Print the engines of an architecture, each behind @separator but the first. */
static void print_engines(FILE *stream, const struct arch *arch, const char *separator)
{
	const struct arch_engine *entry = arch->engines;

	fprintf(stream, "%s", engine_choice_name(PURGATORY_ENGINE_AUTO));
	for (; entry->engine != SHA256_GENERIC; entry++)
		fprintf(stream, "%s%s", separator, engine_choice_name(entry->engine));
	fprintf(stream, "%s%s\n", separator, engine_choice_name(entry->engine));
}

void options_print_help(FILE *stream)
{
	const struct option_entry *entry;
	const struct image_format *format;
	const struct compression *compression;
	const struct arch *const *arch;
	const char *separator = "";

	fprintf(stream,
		"Usage: kexec [OPTION]... [KERNEL]\n"
		"Boot another kernel from this one, on arm64 or riscv64, verified before it\n"
		"starts. Without -l, -p, -e, -f or -u: load KERNEL, then reboot through the\n"
		"system into it.\n"
		"\nOptions:\n");
	for (entry = option_table; entry->name; entry++) {
		if (entry->help)
			print_option(stream, entry);
	}

	fprintf(stream, "\nTypes of kernels:\n");
	for (format = image_formats; format->names[0]; format++)
		print_format(stream, format);
	fprintf(stream, "each of them plain or compressed with ");
	for (compression = compression_all; compression->name; compression++) {
		if (!compression->built_in)
			continue;
		fprintf(stream, "%s%s", separator, compression->name);
		separator = ", ";
	}
	fprintf(stream, ".\n\nSHA-256 engines, the fastest first:\n");
	for (arch = arch_all; *arch; arch++) {
		fprintf(stream, "  %-*s", HELP_COLUMN - 2, (*arch)->name);
		print_engines(stream, *arch, ", ");
	}
}

static void print_formats(FILE *stream)
{
	const struct image_format *format;
	const struct compression *compression;

	fprintf(stream, "kernels:");
	for (format = image_formats; format->names[0]; format++)
		for (const char *const *name = format->names; *name; name++)
			fprintf(stream, " %s", *name);
	fprintf(stream, "\ncompressions:");
	for (compression = compression_all; compression->name; compression++) {
		if (compression->built_in)
			fprintf(stream, " %s", compression->name);
	}
	fprintf(stream, "\n");
	for (compression = compression_all; compression->name; compression++) {
		if (!compression->built_in)
			fprintf(stream, "without: %s (%s not found)\n", compression->name,
				compression->library);
	}
}

static bool has_purgatory(const struct arch *arch)
{
	return arch->purgatory.end != arch->purgatory.start;
}

static void print_purgatories(FILE *stream)
{
	const struct arch *const *arch;

	fprintf(stream, "purgatories:");
	for (arch = arch_all; *arch; arch++) {
		if (has_purgatory(*arch))
			fprintf(stream, " %s", (*arch)->name);
	}
	fprintf(stream, "\n");
	for (arch = arch_all; *arch; arch++) {
		if (!has_purgatory(*arch))
			fprintf(stream, "without: %s (cross compiler not found)\n", (*arch)->name);
	}
}

static void print_all_engines(FILE *stream)
{
	const struct arch *const *arch;

	for (arch = arch_all; *arch; arch++) {
		fprintf(stream, "%s engines: ", (*arch)->name);
		print_engines(stream, *arch, " ");
	}
}

void options_print_version(FILE *stream)
{
	fprintf(stream, "kexec-mmu %s\n", PACKAGE_VERSION);
	print_formats(stream);
	print_purgatories(stream);
	print_all_engines(stream);
}
