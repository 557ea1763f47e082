/* SPDX-License-Identifier: GPL-2.0-only */
/* Files below --sysroot: nothing of the running system gets in, whatever the links say. */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int set_up(void **state)
{
	return test_system_set_up(state, sizeof(struct test_system));
}

static void expect_text(const struct sysroot *sysroot, const char *path, const char *expected)
{
	char *text;
	size_t size;

	assert_int_equal(sysroot_read(sysroot, path, &text, &size), 0);
	assert_string_equal(text, expected);
	assert_int_equal(size, strlen(expected));
	free(text);
}

static void expect_error(const struct sysroot *sysroot, const char *path, int error)
{
	char *text;
	size_t size;

	assert_int_equal(sysroot_read(sysroot, path, &text, &size), error);
	assert_null(text);
	assert_int_equal(size, 0);
}

static void test_files(void **state)
{
	const struct test_system *system = *state;
	const struct sysroot running = {.directory = ""};
	const struct sysroot missing = {.directory = "/nowhere"};
	char *path;

	test_sysroot_write_text(system->directory, "/proc/file", "text");
	expect_text(&system->sysroot, "/proc/file", "text");
	expect_error(&system->sysroot, "/proc/other", -ENOENT);
	expect_error(&missing, "/proc/file", -ENOENT);
	assert_true(asprintf(&path, "%s/proc/file", system->directory) > 0);
	expect_text(&running, path, "text");
	expect_error(&system->sysroot, path, -ENOENT);
	free(path);
}

static void test_directories(void **state)
{
	const struct test_system *system = *state;
	struct stat status;
	int descriptor;

	test_sysroot_write_text(system->directory, "/proc/file", "text");
	descriptor = sysroot_open_descriptor(&system->sysroot, "/proc", O_DIRECTORY);
	if (descriptor < 0)
		fail_msg("no descriptor but %d", descriptor);
	assert_int_equal(fstat(descriptor, &status), 0);
	assert_true(S_ISDIR(status.st_mode));
	assert_int_equal(fcntl(descriptor, F_GETFD), FD_CLOEXEC);
	close(descriptor);
	assert_int_equal(sysroot_open_descriptor(&system->sysroot, "/proc/file", O_DIRECTORY),
			 -ENOTDIR);
	expect_error(&system->sysroot, "/proc", -EISDIR);
}

/* The secret exists outside, and a file at the same path below the directory only at the end. */
static void test_links(void **state)
{
	const struct test_system *system = *state;
	char *outside = test_directory_make();
	char *secret = test_file_write(outside, "secret", "outside", 7);
	char *upwards;

	assert_true(asprintf(&upwards, "../../../../../../../..%s", secret) > 0);
	test_sysroot_write_text(system->directory, "/sys/file", "inside");
	test_sysroot_link(system->directory, "/proc/inner", "/sys");
	test_sysroot_link(system->directory, "/proc/relative", "../sys/file");
	test_sysroot_link(system->directory, "/proc/absolute", secret);
	test_sysroot_link(system->directory, "/proc/upwards", upwards);
	test_sysroot_link(system->directory, "/proc/directory", outside);
	expect_text(&system->sysroot, "/proc/inner/file", "inside");
	expect_text(&system->sysroot, "/proc/relative", "inside");
	expect_error(&system->sysroot, "/proc/absolute", -ENOENT);
	expect_error(&system->sysroot, "/proc/upwards", -ENOENT);
	expect_error(&system->sysroot, "/proc/directory/secret", -ENOENT);
	test_sysroot_write_text(system->directory, secret, "copy");
	expect_text(&system->sysroot, "/proc/absolute", "copy");
	expect_text(&system->sysroot, "/proc/upwards", "copy");
	expect_text(&system->sysroot, "/proc/directory/secret", "copy");
	free(upwards);
	free(secret);
	test_directory_remove(outside);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_files, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_directories, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_links, set_up, test_system_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
