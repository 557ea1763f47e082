/* SPDX-License-Identifier: GPL-2.0-only */
/* Files in memory that nobody changes. */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "load/sealed_file.h"

static void test_content(void **state)
{
	static const size_t sizes[] = {0, 1, 4095, 4096, 3000001};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		uint8_t *data = malloc(sizes[i] + 1), *copy = calloc(1, sizes[i] + 1);
		int descriptor;

		assert_non_null(data);
		assert_non_null(copy);
		for (size_t j = 0; j < sizes[i]; j++)
			data[j] = (uint8_t)(j * 7 + j / 256);
		descriptor = sealed_file_make("test", data, sizes[i]);
		assert_true(descriptor >= 0);
		assert_int_equal(pread(descriptor, copy, sizes[i] + 1, 0), sizes[i]);
		assert_memory_equal(copy, data, sizes[i]);
		close(descriptor);
		free(data);
		free(copy);
	}
}

static void test_sealed(void **state)
{
	int descriptor = sealed_file_make("test", "abc", 3);

	(void)state;
	assert_true(descriptor >= 0);
	assert_int_equal(fcntl(descriptor, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_int_equal(pwrite(descriptor, "x", 1, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(pwrite(descriptor, "x", 1, 3), -1);
	assert_int_equal(ftruncate(descriptor, 1), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(fcntl(descriptor, F_ADD_SEALS, F_SEAL_WRITE), -1);
	close(descriptor);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_content),
		cmocka_unit_test(test_sealed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
