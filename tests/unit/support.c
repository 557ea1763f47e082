/* SPDX-License-Identifier: GPL-2.0-only */
/* What several unit tests need. */
#include <errno.h>
#include <ftw.h>
#include <pty.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

void test_log_open(struct test_log *log)
{
	log->log = (struct log){.stream = open_memstream(&log->text, &log->size)};
	assert_non_null(log->log.stream);
}

void test_log_close(struct test_log *log)
{
	fclose(log->log.stream);
	free(log->text);
}

/* Bytes of an earlier, longer text stand behind the end that this flush sets. */
static void flush(struct test_log *log)
{
	assert_int_equal(fflush(log->log.stream), 0);
	log->text[log->size] = '\0';
}

void test_log_expect(struct test_log *log, const char *part)
{
	const char *newline;

	flush(log);
	newline = strchr(log->text, '\n');
	if (strncmp(log->text, "kexec: ", 7) || !newline || newline[1] || !strstr(log->text, part))
		fail_msg("one line with \"%s\" was expected, not \"%s\"", part, log->text);
	rewind(log->log.stream);
}

void test_log_expect_nothing(struct test_log *log)
{
	flush(log);
	if (log->size)
		fail_msg("no message was expected, not \"%s\"", log->text);
}

static bool skipped;

void test_skip(const char *reason)
{
	skipped = true;
	print_message("# skipped: %s\n", reason);
	skip();
}

int test_skip_all(const char *reason)
{
	printf("1..0 # SKIP %s\n", reason);
	return TEST_STATUS_SKIPPED;
}

void test_terminal_open(int *master, int *slave, const struct winsize *window)
{
	if (openpty(master, slave, NULL, NULL, window))
		test_skip("no terminal can be opened: /dev/pts is not mounted");
}

int test_status(int failures)
{
	if (failures)
		return EXIT_FAILURE;
	return skipped ? TEST_STATUS_SKIPPED : EXIT_SUCCESS;
}

uint8_t *test_noise_make(size_t size)
{
	uint8_t *noise = malloc(size);
	uint32_t seed = 1;

	assert_non_null(noise);
	for (size_t i = 0; i < size; i++) {
		seed = seed * 1664525 + 1013904223;
		noise[i] = (uint8_t)(seed >> 24);
	}
	return noise;
}

pid_t test_fork(void)
{
	pid_t child;

	assert_int_equal(fflush(NULL), 0);
	child = fork();
	assert_true(child >= 0);
	return child;
}

char *test_directory_make(void)
{
	const char *parent = getenv("TMPDIR");
	char *path;

	assert_true(asprintf(&path, "%s/kexec-test.XXXXXX", parent ? parent : "/tmp") > 0);
	assert_non_null(mkdtemp(path));
	return path;
}

char *test_file_write(const char *directory, const char *name, const void *data, size_t size)
{
	char *path;
	FILE *file;

	assert_true(asprintf(&path, "%s/%s", directory, name) > 0);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
	return path;
}

/* The path below the directory, whose own directories exist then; malloc'ed. */
static char *make_place(const char *directory, const char *path)
{
	char *full, *slash;

	assert_true(asprintf(&full, "%s%s", directory, path) > 0);
	for (slash = strchr(full + strlen(directory) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		assert_true(mkdir(full, 0777) == 0 || errno == EEXIST);
		*slash = '/';
	}
	return full;
}

void test_sysroot_write(const char *directory, const char *path, const void *data, size_t size)
{
	char *full = make_place(directory, path);
	FILE *stream = fopen(full, "w");

	assert_non_null(stream);
	assert_int_equal(fwrite(data, 1, size, stream), size);
	assert_int_equal(fclose(stream), 0);
	free(full);
}

void test_sysroot_write_text(const char *directory, const char *path, const char *text)
{
	test_sysroot_write(directory, path, text, strlen(text));
}

void test_sysroot_link(const char *directory, const char *path, const char *target)
{
	char *full = make_place(directory, path);

	assert_int_equal(symlink(target, full), 0);
	free(full);
}

void test_sysroot_remove(const char *directory, const char *path)
{
	char *full = make_place(directory, path);

	assert_int_equal(remove(full), 0);
	free(full);
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *position)
{
	(void)status;
	(void)type;
	(void)position;
	return remove(path);
}

void test_sysroot_clear(const char *directory, const char *path)
{
	test_directory_remove(make_place(directory, path));
}

void test_directory_remove(char *path)
{
	assert_int_equal(nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS), 0);
	free(path);
}

int test_system_set_up(void **state, size_t size)
{
	struct test_system *system = calloc(1, size);

	assert_non_null(system);
	test_log_open(&system->log);
	system->directory = test_directory_make();
	system->sysroot.directory = system->directory;
	*state = system;
	return 0;
}

int test_system_tear_down(void **state)
{
	struct test_system *system = *state;

	test_directory_remove(system->directory);
	test_log_close(&system->log);
	free(system);
	return 0;
}
