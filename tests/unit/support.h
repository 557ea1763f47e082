/* SPDX-License-Identifier: GPL-2.0-only */
/* What several unit tests need. */
#ifndef TESTS_SUPPORT_H
#define TESTS_SUPPORT_H

/* cmocka.h wants these before itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/types.h>

#include <cmocka.h>

#include "base/log.h"
#include "base/sysroot.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* A log that keeps what is written to it. */
struct test_log {
	struct log log;
	char *text; /* all that was written since it was last looked at */
	size_t size;
};

void test_log_open(struct test_log *log);
void test_log_close(struct test_log *log);

/* Fail the test unless exactly one line was written and contains @part; then forget it. */
void test_log_expect(struct test_log *log, const char *part);

/* Fail the test if anything was written. */
void test_log_expect_nothing(struct test_log *log);

/* The exit status by which automake's and most other test runners know what was skipped. */
#define TEST_STATUS_SKIPPED 77

/* Skip the test that calls this, with the reason: a tool or data that it needs is missing. */
void test_skip(const char *reason);

/* The same for a whole program, whose main() returns the result. */
int test_skip_all(const char *reason);

/*
 * Open a terminal of that size (@window, or NULL): what is written to @slave can be read from
 * @master. Without devpts in /dev/pts there are none, and the running test is skipped.
 */
void test_terminal_open(int *master, int *slave, const struct winsize *window);

/* The exit status of a program with so many failures, in which test_skip() may have been called. */
int test_status(int failures);

/* fork(2), with nothing left in the buffers of streams that the child would write again. The test
 * fails if there is no child. */
pid_t test_fork(void);

/* Make an empty directory below TMPDIR; the path is malloc'ed. */
char *test_directory_make(void);

/* Write a file in the directory; its path is malloc'ed. */
char *test_file_write(const char *directory, const char *name, const void *data, size_t size);

/* Write the file @path (absolute) below @directory, with the directories that it needs. */
void test_sysroot_write(const char *directory, const char *path, const void *data, size_t size);

/* The same with a text, or a symbolic link to @target. */
void test_sysroot_write_text(const char *directory, const char *path, const char *text);
void test_sysroot_link(const char *directory, const char *path, const char *target);

/* Remove the file, or the empty directory, @path. */
void test_sysroot_remove(const char *directory, const char *path);

/* Remove the directory @path with all that it holds. */
void test_sysroot_clear(const char *directory, const char *path);

/* Remove the directory with all that it holds, and free the path. */
void test_directory_remove(char *path);

/* Bytes that look random and are always the same; malloc'ed. */
uint8_t *test_noise_make(size_t size);

/* A made-up system to be read, at first without any file; the first member of fixtures. */
struct test_system {
	struct test_log log;
	char *directory;
	struct sysroot sysroot;
};

/* For cmocka's set-up: make a fixture of @size bytes, zero but for the system. */
int test_system_set_up(void **state, size_t size);

/* For cmocka's tear-down: free the fixture, which owns nothing else any more. */
int test_system_tear_down(void **state);

#endif
