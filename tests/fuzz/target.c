/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What all targets share: judging messages, files below a directory, several files in one input.
 */
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/write_all.h"

#define FILE_HEADER_SIZE 5

void fuzz_expect(bool holds, const char *promise)
{
	if (holds)
		return;
	fprintf(stderr, "broken promise: %s\n", promise);
	abort();
}

void fuzz_log_open(struct fuzz_log *log)
{
	*log = (struct fuzz_log){0};
	log->log.stream = open_memstream(&log->text, &log->size);
	fuzz_expect(log->log.stream, "memory for messages");
}

/* The number of lines that are no warnings. */
static unsigned int count_lines(const char *text)
{
	unsigned int lines = 0;

	for (; *text; text = strchr(text, '\n') + 1) {
		fuzz_expect(strchr(text, '\n'), "a message ends with its line");
		fuzz_expect(strncmp(text, "kexec: ", 7) == 0, "each line begins with \"kexec: \"");
		lines += strncmp(text, "kexec: warning: ", 16) != 0;
	}
	return lines;
}

static void judge(struct fuzz_log *log, unsigned int lines)
{
	fclose(log->log.stream);
	for (const char *each = log->text; *each; each++)
		fuzz_expect((unsigned char)*each >= ' ' || *each == '\n',
			    "no control character reaches a terminal");
	if (count_lines(log->text) != lines)
		fprintf(stderr, "%s", log->text);
	fuzz_expect(count_lines(log->text) == lines, "one line for a refusal, none for success");
	free(log->text);
}

void fuzz_log_close(struct fuzz_log *log, int error)
{
	fuzz_expect(error <= 0, "an error is negative");
	judge(log, error ? 1 : 0);
}

void fuzz_log_close_silent(struct fuzz_log *log)
{
	judge(log, 0);
}

void fuzz_touch(const void *data, size_t size)
{
	const volatile uint8_t *bytes = data;

	for (size_t i = 0; i < size; i++)
		(void)bytes[i];
}

const struct sysroot *fuzz_sysroot(void)
{
	static char directory[PATH_MAX];
	static struct sysroot sysroot;

	if (!sysroot.directory) {
		const char *parent = getenv("TMPDIR");

		snprintf(directory, sizeof(directory), "%s/kexec-fuzz-XXXXXX",
			 parent ? parent : "/tmp");
		fuzz_expect(mkdtemp(directory), "a directory for files");
		sysroot.directory = directory;
	}
	return &sysroot;
}

static void make_directories(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		fuzz_expect(mkdir(path, 0755) == 0 || errno == EEXIST, "a directory for a file");
		*slash = '/';
	}
}

void fuzz_sysroot_put(const char *path, const void *data, size_t size)
{
	const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
	char *whole;
	int descriptor;

	fuzz_expect(asprintf(&whole, "%s%s", fuzz_sysroot()->directory, path) >= 0,
		    "memory for a name");
	descriptor = open(whole, flags, 0644);
	if (descriptor < 0) {
		make_directories(whole);
		descriptor = open(whole, flags, 0644);
	}
	free(whole);
	fuzz_expect(descriptor >= 0 && write_all(descriptor, data, size) == 0, "a file is written");
	close(descriptor);
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path);
}

void fuzz_sysroot_remove(const char *path)
{
	char *whole;

	fuzz_expect(asprintf(&whole, "%s%s", fuzz_sysroot()->directory, path) >= 0,
		    "memory for a name");
	if (nftw(whole, remove_entry, 8, FTW_DEPTH | FTW_PHYS))
		fuzz_expect(errno == ENOENT, "files are removed");
	free(whole);
}

bool fuzz_next_file(struct fuzz_files *files, struct fuzz_file *file)
{
	uint64_t size;

	if (files->size < FILE_HEADER_SIZE)
		return false;
	file->name = files->data[0];
	size = load_little_endian(files->data + 1, 4);
	files->data += FILE_HEADER_SIZE;
	files->size -= FILE_HEADER_SIZE;
	file->data = files->data;
	file->size = size < files->size ? (size_t)size : files->size;
	files->data += file->size;
	files->size -= file->size;
	return true;
}
