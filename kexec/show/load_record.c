/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a load leaves below /run: lines NAME=VALUE, among them the boot's own number, because /run
 * may outlive a boot where an initramfs hands it on.
 */
#include "show/load_record.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BOOT_ID "/proc/sys/kernel/random/boot_id"

#define PATH_SIZE 4096

/* The texts and the numbers of the record, by their names in the file. */
static const struct {
	const char *name;
	size_t offset;
	bool is_text;
} fields[] = {
	{"program", offsetof(struct load_record, program), true},
	{"call", offsetof(struct load_record, call), true},
	{"kernel", offsetof(struct load_record, kernel), true},
	{"engine", offsetof(struct load_record, engine), true},
	{"cpus", offsetof(struct load_record, cpus), true},
	{"time", offsetof(struct load_record, time), false},
	{"kernel_size", offsetof(struct load_record, kernel_size), false},
	{"initrd_size", offsetof(struct load_record, initrd_size), false},
	{"verified_size", offsetof(struct load_record, verified_size), false},
	{"microseconds", offsetof(struct load_record, microseconds), false},
};

#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

static const char *file_name(bool crash)
{
	return crash ? "crash-loaded" : "loaded";
}

/* The path of @name in the directory, with the sysroot before it. */
static void make_path(char path[PATH_SIZE], const struct sysroot *sysroot, const char *name)
{
	snprintf(path, PATH_SIZE, "%s" LOAD_RECORD_DIRECTORY "%s%s", sysroot->directory,
		 *name ? "/" : "", name);
}

/* Returns a text that the caller frees, or NULL. */
static char *read_boot(const struct sysroot *sysroot)
{
	char *text;
	size_t size;

	if (sysroot_read(sysroot, BOOT_ID, &text, &size))
		return NULL;
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static void print_text(FILE *stream, const char *text)
{
	for (; *text; text++)
		fputc(*text == '\n' ? '?' : *text, stream);
}

static void print_record(FILE *stream, const struct load_record *record, const char *boot)
{
	fprintf(stream, "boot=%s\n", boot);
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const char *field = (const char *)record + fields[i].offset;
		uint64_t number;

		fprintf(stream, "%s=", fields[i].name);
		if (fields[i].is_text) {
			print_text(stream, field);
		} else {
			memcpy(&number, field, sizeof(number));
			fprintf(stream, "%" PRIu64, number);
		}
		fputc('\n', stream);
	}
}

/* Write the file under a name of its own, and then give it its own name. */
static int write_file(const char *path, const char *temporary, const struct load_record *record,
		      const char *boot)
{
	int file, error = 0;
	FILE *stream;

	unlink(temporary);
	file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	stream = file < 0 ? NULL : fdopen(file, "w");
	if (!stream) {
		error = -errno;
		if (file >= 0)
			close(file);
		return error;
	}
	print_record(stream, record, boot);
	if (fflush(stream) || ferror(stream))
		error = -EIO;
	if (fclose(stream) && !error)
		error = -errno;
	if (!error && rename(temporary, path))
		error = -errno;
	if (error)
		unlink(temporary);
	return error;
}

int load_record_write(const struct load_record *record, const struct sysroot *sysroot, bool crash)
{
	char path[PATH_SIZE], temporary[PATH_SIZE], directory[PATH_SIZE];
	char *boot = read_boot(sysroot);
	int error;

	make_path(directory, sysroot, "");
	make_path(path, sysroot, file_name(crash));
	make_path(temporary, sysroot, crash ? ".crash-loaded.new" : ".loaded.new");
	mkdir(directory, 0755);
	error = write_file(path, temporary, record, boot ? boot : "");
	if (error)
		unlink(path);
	free(boot);
	return error;
}

/* Take the value of one line. */
static void parse_line(struct load_record *record, const char *name, const char *value)
{
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const uint64_t number = strtoull(value, NULL, 10);
		char *field = (char *)record + fields[i].offset;

		if (strcmp(fields[i].name, name) != 0)
			continue;
		if (fields[i].is_text)
			snprintf(field, LOAD_RECORD_TEXT_SIZE, "%s", value);
		else
			memcpy(field, &number, sizeof(number));
	}
}

/* Parse all lines of @text, which are cut up. Returns the number of the boot, or NULL. */
static const char *parse(struct load_record *record, char *text)
{
	const char *boot = NULL;
	char *line;

	while ((line = strsep(&text, "\n"))) {
		char *value = strchr(line, '=');

		if (!value)
			continue;
		*value++ = '\0';
		if (!strcmp(line, "boot"))
			boot = value;
		else
			parse_line(record, line, value);
	}
	return boot;
}

int load_record_read(struct load_record *record, const struct sysroot *sysroot, bool crash)
{
	char path[PATH_SIZE];
	char *text, *boot;
	const char *written;
	size_t size;
	int error;

	*record = (struct load_record){0};
	snprintf(path, sizeof(path), LOAD_RECORD_DIRECTORY "/%s", file_name(crash));
	error = sysroot_read(sysroot, path, &text, &size);
	if (error)
		return error;
	boot = read_boot(sysroot);
	written = parse(record, text);
	if (!written || !*record->program || !*record->kernel || !*record->call)
		error = -EINVAL;
	else if (strcmp(written, boot ? boot : "") != 0)
		error = -ESTALE;
	free(boot);
	free(text);
	return error;
}

void load_record_remove(const struct sysroot *sysroot, bool crash)
{
	char path[PATH_SIZE];

	make_path(path, sysroot, file_name(crash));
	unlink(path);
}
