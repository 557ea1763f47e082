/* SPDX-License-Identifier: GPL-2.0-only */
/* Mapping files. */
#include "support.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image/file.h"

static void expect_refused(const char *path, int error, const char *message)
{
	struct file_bytes bytes = {(const uint8_t *)"", 1, 1};
	struct test_log log;

	test_log_open(&log);
	assert_int_equal(file_bytes_map(&bytes, path, "initrd", &log.log), error);
	test_log_expect(&log, message);
	test_log_close(&log);
	assert_null(bytes.data);
	assert_int_equal(bytes.size, 0);
	file_bytes_free(&bytes);
}

static void test_contents(void **state)
{
	static const size_t sizes[] = {1, 4095, 4096, 4097, 100000};
	char *directory = test_directory_make();
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		uint8_t *data = malloc(sizes[i]);
		struct file_bytes bytes;
		char *path;

		assert_non_null(data);
		for (size_t j = 0; j < sizes[i]; j++)
			data[j] = (uint8_t)(j * 7 + i);
		path = test_file_write(directory, "file", data, sizes[i]);
		assert_int_equal(file_bytes_map(&bytes, path, "kernel", &log.log), 0);
		assert_int_equal(bytes.size, sizes[i]);
		assert_memory_equal(bytes.data, data, sizes[i]);
		file_bytes_free(&bytes);
		assert_null(bytes.data);
		file_bytes_free(&bytes);
		free(path);
		free(data);
	}
	test_log_expect_nothing(&log);
	test_log_close(&log);
	test_directory_remove(directory);
}

static void test_refused(void **state)
{
	char *directory = test_directory_make();
	char *empty = test_file_write(directory, "empty", "", 0);
	char *fifo;

	(void)state;
	assert_true(asprintf(&fifo, "%s/fifo", directory) > 0);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	expect_refused(directory, -EISDIR, "is a directory");
	expect_refused(empty, -EINVAL, "is empty");
	expect_refused(fifo, -EINVAL, "is not a regular file");
	expect_refused("/dev/null", -EINVAL, "initrd /dev/null: is not a regular file");
	expect_refused("/nowhere/initrd", -ENOENT, "initrd /nowhere/initrd: cannot be opened: No");
	free(fifo);
	free(empty);
	test_directory_remove(directory);
}

/* Root may read all files, so that root must be someone else for this. */
static void test_unreadable(void **state)
{
	const uid_t nobody = 65534, user = geteuid();
	char *directory = test_directory_make();
	char *path = test_file_write(directory, "secret", "x", 1);

	(void)state;
	assert_int_equal(chmod(path, 0), 0);
	if (user == 0)
		assert_int_equal(seteuid(nobody), 0);
	expect_refused(path, -EACCES, "cannot be opened: Permission denied");
	assert_int_equal(seteuid(user), 0);
	free(path);
	test_directory_remove(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_contents),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_unreadable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
