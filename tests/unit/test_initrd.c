/* SPDX-License-Identifier: GPL-2.0-only */
/* Initial RAM disks: one file, several, and the running kernel's. */
#include "support.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image/initrd.h"

#define FILES_MAX 4

struct fixture {
	struct test_system system;
	struct file_bytes initrd;
	char *paths[FILES_MAX];
	size_t offsets[FILES_MAX];
};

static int set_up(void **state)
{
	return test_system_set_up(state, sizeof(struct fixture));
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	file_bytes_free(&fixture->initrd);
	for (size_t i = 0; i < FILES_MAX; i++)
		free(fixture->paths[i]);
	return test_system_tear_down(state);
}

/* Write the texts to files, and concatenate these. */
static int concatenate(struct fixture *fixture, const char *const texts[FILES_MAX], size_t count)
{
	file_bytes_free(&fixture->initrd);
	for (size_t i = 0; i < count; i++) {
		const char name[] = {(char)('a' + i), '\0'};

		free(fixture->paths[i]);
		fixture->paths[i] = test_file_write(fixture->system.directory, name, texts[i],
						    strlen(texts[i]));
	}
	return initrd_open(&fixture->initrd, fixture->offsets, (const char *const *)fixture->paths,
			   count, &fixture->system.log.log);
}

static void expect_bytes(const struct file_bytes *initrd, const void *bytes, size_t size)
{
	assert_int_equal(initrd->size, size);
	assert_memory_equal(initrd->data, bytes, size);
}

/* Zeros stand before an archive that would not begin at a multiple of 4 bytes, and nowhere else. */
static void test_padding(void **state)
{
	static const struct {
		size_t count;
		const char *texts[FILES_MAX];
		const char *bytes;
		size_t size;
	} cases[] = {
		{2, {"1234", "abc"}, "1234abc", 7},
		{2, {"1", "abcd"}, "1\0\0\0abcd", 8},
		{2, {"12", "a"}, "12\0\0a", 5},
		{2, {"123", "a"}, "123\0a", 5},
		{3, {"12345", "abcdef", "x"}, "12345\0\0\0abcdef\0\0x", 17},
		{4, {"1234", "12345678", "abc", "defg"}, "123412345678abc\0defg", 20},
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(concatenate(fixture, cases[i].texts, cases[i].count), 0);
		expect_bytes(&fixture->initrd, cases[i].bytes, cases[i].size);
	}
	test_log_expect_nothing(&fixture->system.log);
}

/* More than the memory that the first file needed. */
static void test_large(void **state)
{
	static const size_t sizes[] = {4095, 1 << 20, 3};
	struct fixture *fixture = *state;
	char *bytes = malloc(1 << 20);

	assert_non_null(bytes);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		const char name[] = {(char)('a' + i), '\0'};

		memset(bytes, (int)('1' + i), sizes[i]);
		fixture->paths[i] =
			test_file_write(fixture->system.directory, name, bytes, sizes[i]);
	}
	assert_int_equal(initrd_open(&fixture->initrd, fixture->offsets,
				     (const char *const *)fixture->paths, ARRAY_SIZE(sizes),
				     &fixture->system.log.log),
			 0);
	assert_int_equal(fixture->initrd.size, 4096 + (1 << 20) + 3);
	assert_int_equal(fixture->initrd.data[4094], '1');
	assert_int_equal(fixture->initrd.data[4095], 0);
	memset(bytes, '2', 1 << 20);
	assert_memory_equal(fixture->initrd.data + 4096, bytes, 1 << 20);
	assert_memory_equal(fixture->initrd.data + 4096 + (1 << 20), "333", 3);
	free(bytes);
}

/* A single file costs no copy, and is looked at again later. */
static void test_one_file(void **state)
{
	static const char *const texts[FILES_MAX] = {"12345"};
	struct fixture *fixture = *state;

	assert_int_equal(concatenate(fixture, texts, 1), 0);
	expect_bytes(&fixture->initrd, "12345", 5);
	assert_non_null(fixture->initrd.source);
	assert_int_equal(file_bytes_check_unchanged(&fixture->initrd, fixture->paths[0],
						    &fixture->system.log.log),
			 0);
	test_log_expect_nothing(&fixture->system.log);
	assert_int_equal(truncate(fixture->paths[0], 2), 0);
	assert_int_equal(file_bytes_check_unchanged(&fixture->initrd, fixture->paths[0],
						    &fixture->system.log.log),
			 -ESTALE);
	test_log_expect(&fixture->system.log, "/a changed while it was loaded: load it again");
}

/* Any of the files may be missing or empty: the message names it, and nothing is left of others. */
static void test_bad_files(void **state)
{
	static const char *const texts[FILES_MAX] = {"1234", "abcd", "x"};
	struct fixture *fixture = *state;

	for (size_t bad = 0; bad < 3; bad++) {
		char *message;

		assert_int_equal(concatenate(fixture, texts, 3), 0);
		file_bytes_free(&fixture->initrd);
		assert_int_equal(truncate(fixture->paths[bad], 0), 0);
		assert_int_equal(initrd_open(&fixture->initrd, fixture->offsets,
					     (const char *const *)fixture->paths, 3,
					     &fixture->system.log.log),
				 -EINVAL);
		assert_true(asprintf(&message, "initrd %s: is empty", fixture->paths[bad]) > 0);
		test_log_expect(&fixture->system.log, message);
		free(message);
		assert_null(fixture->initrd.data);

		assert_int_equal(unlink(fixture->paths[bad]), 0);
		assert_int_equal(initrd_open(&fixture->initrd, fixture->offsets,
					     (const char *const *)fixture->paths, 3,
					     &fixture->system.log.log),
				 -ENOENT);
		assert_true(asprintf(&message, "initrd %s: cannot be opened: No such",
				     fixture->paths[bad]) > 0);
		test_log_expect(&fixture->system.log, message);
		free(message);
		assert_null(fixture->initrd.data);
	}
}

static void test_running(void **state)
{
	struct fixture *fixture = *state;
	const struct log *log = &fixture->system.log.log;

	assert_int_equal(initrd_open_running(&fixture->initrd, &fixture->system.sysroot, log),
			 -ENOENT);
	test_log_expect(&fixture->system.log,
			"has not kept its initrd (no /sys/firmware/initrd): boot it with "
			"retain_initrd, or name a file with --initrd");
	assert_null(fixture->initrd.data);
	test_sysroot_write(fixture->system.directory, "/sys/firmware/initrd", "07\0\n7", 5);
	assert_int_equal(initrd_open_running(&fixture->initrd, &fixture->system.sysroot, log), 0);
	expect_bytes(&fixture->initrd, "07\0\n7", 5);
	/* It is not a file that could change. */
	assert_null(fixture->initrd.source);
	test_log_expect_nothing(&fixture->system.log);
}

/* Initrds are larger than the files from which the machine is read. */
static void test_running_large(void **state)
{
	static const size_t size = ((size_t)65 << 20) + 3;
	struct fixture *fixture = *state;
	char *path;

	test_sysroot_write(fixture->system.directory, "/sys/firmware/initrd", "07", 2);
	assert_true(asprintf(&path, "%s/sys/firmware/initrd", fixture->system.directory) > 0);
	assert_int_equal(truncate(path, (off_t)size), 0);
	free(path);
	assert_int_equal(initrd_open_running(&fixture->initrd, &fixture->system.sysroot,
					     &fixture->system.log.log),
			 0);
	assert_int_equal(fixture->initrd.size, size);
	assert_memory_equal(fixture->initrd.data, "07\0", 3);
	assert_int_equal(fixture->initrd.data[size - 1], 0);
	test_log_expect_nothing(&fixture->system.log);
}

static void test_running_unreadable(void **state)
{
	struct fixture *fixture = *state;

	test_sysroot_write(fixture->system.directory, "/sys/firmware/initrd/x", "", 0);
	assert_int_equal(initrd_open_running(&fixture->initrd, &fixture->system.sysroot,
					     &fixture->system.log.log),
			 -EISDIR);
	test_log_expect(&fixture->system.log, "cannot read /sys/firmware/initrd: Is a directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_padding, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_large, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_one_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bad_files, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_running, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_running_large, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_running_unreadable, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
