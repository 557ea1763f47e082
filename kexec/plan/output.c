/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * --output: one file per segment, and plan.json, which describes them.
 *
 * Everything is written under temporary names first; only when all of it is on disk does it take
 * the place of a former plan. plan.json goes first and comes last, so that it never describes
 * files other than those beside it.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plan/output.h"

#define PLAN_FILE	 "plan.json"
#define TEMPORARY_SUFFIX ".tmp"

/* Enough for every name made here. */
#define NAME_SIZE 64

struct output {
	int directory; /* file descriptor */
	const char *path;
	const struct log *log;
};

static int report(const struct output *output, int error, const char *verb, const char *name)
{
	return log_error(output->log, -error, "cannot %s %s/%s: %s", verb, output->path, name,
			 strerror(error));
}

static void temporary_name(char temporary[NAME_SIZE], const char *name)
{
	snprintf(temporary, NAME_SIZE, "%s" TEMPORARY_SUFFIX, name);
}

static void segment_file_name(char name[NAME_SIZE], const struct plan *plan, size_t index)
{
	snprintf(name, NAME_SIZE, "%02zu-%s.bin", index,
		 segment_role_name(plan->segments[index].role));
}

/* The permissions as plan.json has them: the letters that apply. */
static void format_permissions(char letters[4], unsigned int permissions)
{
	char *next = letters;

	if (permissions & SEGMENT_READ)
		*next++ = 'r';
	if (permissions & SEGMENT_WRITE)
		*next++ = 'w';
	if (permissions & SEGMENT_EXECUTE)
		*next++ = 'x';
	*next = '\0';
}

/* Names in the document are roles, symbols, engines and architectures of ours: none needs escaping.
 */
static void print_segment(FILE *stream, const struct plan *plan, size_t index)
{
	const struct segment *segment = &plan->segments[index];
	char name[NAME_SIZE];
	char letters[4];

	segment_file_name(name, plan, index);
	format_permissions(letters, segment->permissions);
	fprintf(stream, "%s\n    {\n", index ? "," : "");
	fprintf(stream, "      \"role\": \"%s\",\n", segment_role_name(segment->role));
	fprintf(stream, "      \"address\": \"0x%" PRIx64 "\",\n", segment->address);
	fprintf(stream, "      \"size\": %" PRIu64 ",\n", segment->size);
	fprintf(stream, "      \"memory_size\": %" PRIu64 ",\n", segment->memory_size);
	fprintf(stream, "      \"permissions\": \"%s\",\n", letters);
	fprintf(stream, "      \"file\": \"%s\"\n    }", name);
}

static void print_plan(FILE *stream, const struct plan *plan, const struct arch *arch,
		       unsigned long flags, const char *engine, const struct output_symbol *symbols,
		       size_t symbol_count)
{
	size_t i;

	fprintf(stream, "{\n  \"target\": \"%s\",\n", arch->name);
	fprintf(stream, "  \"entry\": \"0x%" PRIx64 "\",\n", plan->entry);
	fprintf(stream, "  \"flags\": \"0x%lx\",\n", flags | arch->kexec_flag);
	fprintf(stream, "  \"engine\": \"%s\",\n", engine);
	fprintf(stream, "  \"segments\": [");
	for (i = 0; i < plan->segment_count; i++)
		print_segment(stream, plan, i);
	fprintf(stream, "\n  ],\n  \"symbols\": {");
	for (i = 0; i < symbol_count; i++)
		fprintf(stream, "%s\n    \"%s\": \"0x%" PRIx64 "\"", i ? "," : "", symbols[i].name,
			symbols[i].address);
	fprintf(stream, "\n  }\n}\n");
}

static int write_all(int file, const void *data, uint64_t size)
{
	const uint8_t *next = data;

	while (size) {
		ssize_t written = write(file, next, size);

		if (written < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		next += written;
		size -= (uint64_t)written;
	}
	return 0;
}

/* Write a new file under the temporary name of @name. Only its owner may read it: an initrd can
 * hold keys. */
static int write_temporary(const struct output *output, const char *name, const void *data,
			   uint64_t size)
{
	char temporary[NAME_SIZE];
	int result;
	int file;

	temporary_name(temporary, name);
	unlinkat(output->directory, temporary, 0);
	file = openat(output->directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (file < 0)
		return report(output, errno, "create", temporary);

	result = write_all(file, data, size);
	/* A network file system may say only here that the disk is full. */
	if (close(file) && !result)
		result = -errno;
	if (result)
		return report(output, -result, "write", temporary);
	return 0;
}

static int write_plan_file(const struct output *output, const struct plan *plan,
			   const struct arch *arch, unsigned long flags, const char *engine,
			   const struct output_symbol *symbols, size_t symbol_count)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);
	bool failed = true;
	int result;

	if (stream) {
		print_plan(stream, plan, arch, flags, engine, symbols, symbol_count);
		failed = ferror(stream);
		failed |= fclose(stream) != 0;
	}
	if (failed)
		result = log_error(output->log, -ENOMEM, "out of memory while writing " PLAN_FILE);
	else
		result = write_temporary(output, PLAN_FILE, text, size);
	free(text);
	return result;
}

static int write_segments(const struct output *output, const struct plan *plan)
{
	char name[NAME_SIZE];
	size_t i;
	int result = 0;

	for (i = 0; i < plan->segment_count && !result; i++) {
		const struct segment *segment = &plan->segments[i];

		segment_file_name(name, plan, i);
		result = write_temporary(output, name, segment->data, segment->size);
	}
	return result;
}

/* Is that a name as segment_file_name() makes it, or the temporary name of one? */
static bool is_segment_file(const char *name)
{
	size_t role;

	if (!isdigit((unsigned char)name[0]) || !isdigit((unsigned char)name[1]) || name[2] != '-')
		return false;
	name += 3;
	for (role = 0; role < SEGMENT_ROLE_COUNT; role++) {
		const char *role_name = segment_role_name((enum segment_role)role);
		size_t length = strlen(role_name);

		if (!strncmp(name, role_name, length) &&
		    (!strcmp(name + length, ".bin") ||
		     !strcmp(name + length, ".bin" TEMPORARY_SUFFIX)))
			return true;
	}
	return false;
}

static bool has_suffix(const char *name, const char *suffix)
{
	size_t length = strlen(name);
	size_t suffix_length = strlen(suffix);

	return length >= suffix_length && !strcmp(name + length - suffix_length, suffix);
}

/*
 * Remove from the directory what earlier runs have left: all temporary files, or all segments'
 * files. Returns 0 or -errno, without a message.
 */
static int remove_segment_files(const struct output *output, bool temporary)
{
	int file = openat(output->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = file < 0 ? NULL : fdopendir(file);
	struct dirent *entry;
	int result = 0;

	if (!stream) {
		result = -errno;
		if (file >= 0)
			close(file);
		return result;
	}
	while ((entry = readdir(stream))) {
		if (!is_segment_file(entry->d_name) ||
		    has_suffix(entry->d_name, TEMPORARY_SUFFIX) != temporary)
			continue;
		if (unlinkat(output->directory, entry->d_name, 0) && !result)
			result = -errno;
	}
	closedir(stream);
	return result;
}

static int rename_temporary(const struct output *output, const char *name)
{
	char temporary[NAME_SIZE];

	temporary_name(temporary, name);
	if (renameat(output->directory, temporary, output->directory, name))
		return report(output, errno, "replace", name);
	return 0;
}

/* Put the temporary files in the place of the former plan. */
static int replace_plan(const struct output *output, const struct plan *plan)
{
	char name[NAME_SIZE];
	size_t i;
	int result;

	if (unlinkat(output->directory, PLAN_FILE, 0) && errno != ENOENT)
		return report(output, errno, "remove", PLAN_FILE);
	result = remove_segment_files(output, false);
	if (result)
		return log_error(output->log, result, "cannot remove the former plan from %s: %s",
				 output->path, strerror(-result));
	for (i = 0; i < plan->segment_count && !result; i++) {
		segment_file_name(name, plan, i);
		result = rename_temporary(output, name);
	}
	if (result)
		return result;
	return rename_temporary(output, PLAN_FILE);
}

/* Make the directory if need be, and open it. *made tells which. */
static int open_directory(struct output *output, bool *made)
{
	*made = !mkdir(output->path, 0777);
	if (!*made && errno != EEXIST)
		return log_error(output->log, -errno, "cannot make the output directory %s: %s",
				 output->path, strerror(errno));

	output->directory = open(output->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (output->directory < 0)
		return log_error(output->log, -errno, "cannot open the output directory %s: %s",
				 output->path, strerror(errno));
	return 0;
}

int output_plan(const struct plan *plan, const struct arch *arch, unsigned long flags,
		const char *engine, const struct output_symbol *symbols, size_t symbol_count,
		const char *directory, const struct log *log)
{
	struct output output = {.directory = -1, .path = directory, .log = log};
	bool made;
	int result = open_directory(&output, &made);

	if (output.directory < 0)
		return result;
	result = write_segments(&output, plan);
	if (!result)
		result = write_plan_file(&output, plan, arch, flags, engine, symbols, symbol_count);
	if (!result)
		result = replace_plan(&output, plan);

	/* What this run has not renamed, and what one that was killed has left. */
	unlinkat(output.directory, PLAN_FILE TEMPORARY_SUFFIX, 0);
	remove_segment_files(&output, true);
	close(output.directory);
	/* Fails, as it should, where someone else has put a file into it meanwhile. */
	if (result && made)
		rmdir(directory);
	return result;
}
