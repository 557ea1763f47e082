/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mapping files and reading devices. This program is linked with --wrap=fstat and --wrap=mmap, and
 * what stands in their places can make a device of a file, since there is not always a device to be
 * had, and leave no memory.
 */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "image/decompress.h"
#include "image/file.h"

/* What fstat() claims. A linker's replacement has no other way to be told. */
static struct {
	mode_t type;  /* 0: the truth */
	off_t larger; /* added to the size */
} claim;

int __real_fstat(int descriptor, struct stat *status);
int __wrap_fstat(int descriptor, struct stat *status);

int __wrap_fstat(int descriptor, struct stat *status)
{
	int result = __real_fstat(descriptor, status);

	if (claim.type) {
		status->st_mode = (status->st_mode & ~(mode_t)S_IFMT) | claim.type;
		status->st_size = 0;
	}
	status->st_size += claim.larger;
	return result;
}

static bool is_memory_gone;

void *__real_mmap(void *start, size_t size, int protection, int flags, int descriptor,
		  off_t offset);
void *__wrap_mmap(void *start, size_t size, int protection, int flags, int descriptor,
		  off_t offset);

void *__wrap_mmap(void *start, size_t size, int protection, int flags, int descriptor, off_t offset)
{
	if (!is_memory_gone)
		return __real_mmap(start, size, protection, flags, descriptor, offset);
	errno = ENOMEM;
	return MAP_FAILED;
}

static int set_up(void **state)
{
	memset(&claim, 0, sizeof(claim));
	return test_system_set_up(state, sizeof(struct test_system));
}

static void expect_refused(const char *path, int error, const char *message)
{
	struct file_bytes bytes = {.data = (const uint8_t *)"", .size = 1, .mapped = 1};
	struct test_log log;

	test_log_open(&log);
	assert_int_equal(file_bytes_map(&bytes, path, "initrd", &log.log), error);
	test_log_expect(&log, message);
	test_log_close(&log);
	assert_null(bytes.data);
	assert_int_equal(bytes.size, 0);
	file_bytes_free(&bytes);
}

/* Write a file of such a size that no two of its pages are equal; its path is malloc'ed. */
static char *make_file(const struct test_system *system, uint8_t **data, size_t size)
{
	char *path;

	*data = malloc(size);
	assert_non_null(*data);
	for (size_t i = 0; i < size; i++)
		(*data)[i] = (uint8_t)(i * 7 + i / 4096);
	path = test_file_write(system->directory, "file", *data, size);
	return path;
}

static void map(struct test_system *system, struct file_bytes *bytes, const char *path)
{
	assert_int_equal(file_bytes_map(bytes, path, "kernel", &system->log.log), 0);
}

static void test_contents(void **state)
{
	static const mode_t types[] = {0, S_IFBLK, S_IFCHR};
	static const size_t sizes[] = {1, 4095, 4096, 4097, 100000};
	struct test_system *system = *state;

	for (size_t i = 0; i < ARRAY_SIZE(sizes) * ARRAY_SIZE(types); i++) {
		const size_t size = sizes[i / ARRAY_SIZE(types)];
		struct file_bytes bytes;
		uint8_t *data;
		char *path = make_file(system, &data, size);

		claim.type = types[i % ARRAY_SIZE(types)];
		map(system, &bytes, path);
		assert_int_equal(bytes.size, size);
		assert_memory_equal(bytes.data, data, size);
		assert_int_equal(bytes.source == NULL, claim.type != 0);
		assert_int_equal(file_bytes_check_unchanged(&bytes, path, &system->log.log), 0);
		file_bytes_free(&bytes);
		assert_null(bytes.data);
		file_bytes_free(&bytes);
		free(path);
		free(data);
	}
	test_log_expect_nothing(&system->log);
}

static void test_refused(void **state)
{
	const struct test_system *system = *state;
	char *empty = test_file_write(system->directory, "empty", "", 0);
	char *fifo;

	assert_true(asprintf(&fifo, "%s/fifo", system->directory) > 0);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	expect_refused(system->directory, -EISDIR, "is a directory");
	expect_refused(empty, -EINVAL, "is empty");
	expect_refused(fifo, -EINVAL, "is neither a regular file nor a device");
	expect_refused("/dev/null", -EINVAL, "initrd /dev/null: is a device without a size");
	expect_refused("/dev/zero", -EINVAL, "initrd /dev/zero: is a device without a size");
	expect_refused("/dev/urandom", -EINVAL, "initrd /dev/urandom: is a device without a size");
	expect_refused("/nowhere/initrd", -ENOENT, "initrd /nowhere/initrd: cannot be opened: No");
	free(fifo);
	free(empty);
}

/* A disk with more than this machine can take is not read at all. */
static void test_device_too_large(void **state)
{
	const struct test_system *system = *state;
	char *path = test_file_write(system->directory, "disk", "x", 1);

	assert_int_equal(truncate(path, (off_t)8 << 40), 0);
	claim.type = S_IFBLK;
	expect_refused(path, -EFBIG, "a device of 8388608 MiB, more than half");
	free(path);
}

/* Root may read all files, so that root must be someone else for this. */
static void test_unreadable(void **state)
{
	const uid_t nobody = 65534, user = geteuid();
	const struct test_system *system = *state;
	char *path = test_file_write(system->directory, "secret", "x", 1);

	assert_int_equal(chmod(path, 0), 0);
	if (user == 0)
		assert_int_equal(seteuid(nobody), 0);
	expect_refused(path, -EACCES, "cannot be opened: Permission denied");
	assert_int_equal(seteuid(user), 0);
	free(path);
}

/* The clock of time stamps moves by ticks, of 10 ms at most. */
static void wait_for_tick(void)
{
	usleep(20000);
}

static void overwrite(const char *path, off_t offset, const char *text)
{
	int descriptor = open(path, O_WRONLY | O_CLOEXEC);

	assert_true(descriptor >= 0);
	assert_int_equal(pwrite(descriptor, text, strlen(text), offset), strlen(text));
	close(descriptor);
}

static void change_contents(const char *path)
{
	overwrite(path, 5000, "x");
}

static void change_length(const char *path)
{
	assert_int_equal(truncate(path, 100000), 0);
}

static void change_and_hide(const char *path)
{
	const struct timespec times[2] = {{.tv_sec = 1}, {.tv_sec = 1}};

	overwrite(path, 5000, "x");
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void replace(const char *path)
{
	assert_int_equal(unlink(path), 0);
}

static void test_changed(void **state)
{
	static void (*const changes[])(const char *) = {change_contents, change_length,
							change_and_hide, replace};
	const struct timespec times[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
	struct test_system *system = *state;

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		struct file_bytes bytes;
		uint8_t *data;
		char *path = make_file(system, &data, 20000);

		assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
		map(system, &bytes, path);
		wait_for_tick();
		changes[i](path);
		assert_int_equal(file_bytes_check_unchanged(&bytes, path, &system->log.log),
				 -ESTALE);
		test_log_expect(&system->log, "file changed while it was loaded: load it again");
		file_bytes_free(&bytes);
		free(path);
		free(data);
	}
}

/* Zeros are read where there is nothing any more, in this mapping alone. */
static void test_shrinks(void **state)
{
	struct test_system *system = *state;
	char *other = test_file_write(system->directory, "other", "hello", 5);
	struct file_bytes bytes, other_bytes;
	struct sigaction before, after;
	uint8_t *data;
	char *path = make_file(system, &data, 20000);

	assert_int_equal(sigaction(SIGBUS, NULL, &before), 0);
	map(system, &bytes, path);
	map(system, &other_bytes, other);
	assert_int_equal(truncate(path, 4096), 0);
	assert_int_equal(bytes.data[19999], 0);
	assert_int_equal(bytes.data[4096], 0);
	assert_int_equal(file_bytes_check_unchanged(&bytes, path, &system->log.log), -ESTALE);
	test_log_expect(&system->log, "file changed while it was loaded");
	assert_memory_equal(other_bytes.data, "hello", 5);
	assert_int_equal(file_bytes_check_unchanged(&other_bytes, other, &system->log.log), 0);
	test_log_expect_nothing(&system->log);
	file_bytes_free(&bytes);

	/* The signal is still handled for the other one, and then as ever. */
	assert_int_equal(truncate(other, 0), 0);
	assert_int_equal(other_bytes.data[4], 0);
	file_bytes_free(&other_bytes);
	assert_int_equal(sigaction(SIGBUS, NULL, &after), 0);
	assert_true(after.sa_handler == before.sa_handler);
	free(data);
	free(path);
	free(other);
}

/* A disk that fails is a page that cannot be read in a file that did not change. */
static void test_unreadable_page(void **state)
{
	struct test_system *system = *state;
	struct file_bytes bytes;
	uint8_t *data;
	char *path = make_file(system, &data, 4096);

	claim.larger = 65536;
	map(system, &bytes, path);
	assert_int_equal(bytes.size, 4096 + 65536);
	assert_int_equal(file_bytes_check_unchanged(&bytes, path, &system->log.log), 0);
	assert_int_equal(bytes.data[4096 + 65535], 0);
	assert_int_equal(file_bytes_check_unchanged(&bytes, path, &system->log.log), -EIO);
	test_log_expect(&system->log, "file: a part of it cannot be read");
	file_bytes_free(&bytes);
	free(data);
	free(path);
}

/* A bus error that is not about a mapped file ends the program. */
static void test_foreign_bus_error(void **state)
{
	struct test_system *system = *state;
	char *path = test_file_write(system->directory, "file", "hello", 5);
	struct file_bytes bytes;
	int status;
	pid_t child;

	child = test_fork();
	if (child == 0) {
		signal(SIGBUS, SIG_DFL);
		if (file_bytes_map(&bytes, path, "kernel", &system->log.log) == 0) {
			raise(SIGBUS);
			raise(SIGBUS);
		}
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGBUS);
	free(path);
}

/* Read what is gone from a mapped file, where no zeros can take its place; stderr is @errors. */
static void read_lost(const struct test_system *system, const char *path, int errors)
{
	struct file_bytes bytes;

	signal(SIGBUS, SIG_DFL);
	if (file_bytes_map(&bytes, path, "kernel", &system->log.log) || truncate(path, 0) ||
	    dup2(errors, STDERR_FILENO) < 0)
		_exit(2);
	is_memory_gone = true;
	_exit(*(const volatile uint8_t *)bytes.data);
}

/* The program ends, and says so. */
static void test_no_memory_for_zeros(void **state)
{
	struct test_system *system = *state;
	char *path = test_file_write(system->directory, "file", "hello", 5);
	char text[256] = "";
	int pipes[2], status;
	pid_t child;

	assert_int_equal(pipe(pipes), 0);
	child = test_fork();
	if (child == 0)
		read_lost(system, path, pipes[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGBUS);
	close(pipes[1]);
	assert_true(read(pipes[0], text, sizeof(text) - 1) > 0);
	assert_non_null(strstr(text, "nothing was loaded\n"));
	close(pipes[0]);
	free(path);
}

/* That the file changed is said, not what its damage looks like. */
static void test_changed_while_decompressed(void **state)
{
	struct test_system *system = *state;
	char *path =
		test_file_write(system->directory, "kernel.gz", "\x1f\x8b\x08\0\0\0\0\0\0\3", 10);
	struct compressed_bytes in = {.path = path, .limit = 1 << 20};
	struct file_bytes bytes, out;

	map(system, &bytes, path);
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(truncate(path, 9), 0);
	overwrite(path, 0, "\x1f\x8b\x08");
	in.bytes = (struct image_bytes){bytes.data, bytes.size};
	in.compression = decompress_find(&in.bytes);
	in.file = &bytes;
	assert_int_equal(decompress_bytes(&out, &in, &system->log.log), -ESTALE);
	assert_null(out.data);
	test_log_expect(&system->log, "kernel.gz changed while it was loaded");
	file_bytes_free(&bytes);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_contents, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_refused, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_device_too_large, set_up,
						test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_unreadable, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_changed, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_shrinks, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_unreadable_page, set_up,
						test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_no_memory_for_zeros, set_up,
						test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_foreign_bus_error, set_up,
						test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_changed_while_decompressed, set_up,
						test_system_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
