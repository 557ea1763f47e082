/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions of the C library that purgatory has itself. */
#include "support.h"

#include <string.h>

/* Beside those of the C library, which this test needs: linked as they are, they would replace
 * them. */
#define memcpy purgatory_memcpy
#define memset purgatory_memset
#include "../../purgatory/string.c" /* NOLINT(bugprone-suspicious-include) */
#undef memcpy
#undef memset

#define SIZE 24

/* Each size at each place: all bytes, and no other. */
static void test_copy(void **state)
{
	char from[SIZE], to[SIZE], expected[SIZE];

	(void)state;
	for (size_t i = 0; i < SIZE; i++)
		from[i] = (char)(i + 1);
	for (size_t start = 0; start < SIZE; start++) {
		for (size_t size = 0; size <= SIZE - start; size++) {
			memset(to, 0, SIZE);
			memset(expected, 0, SIZE);
			memcpy(expected + start, from, size);
			assert_ptr_equal(purgatory_memcpy(to + start, from, size), to + start);
			assert_memory_equal(to, expected, SIZE);
		}
	}
}

static void test_set(void **state)
{
	char to[SIZE], expected[SIZE];

	(void)state;
	for (size_t start = 0; start < SIZE; start++) {
		for (size_t size = 0; size <= SIZE - start; size++) {
			memset(to, 0, SIZE);
			memset(expected, 0, SIZE);
			memset(expected + start, 0xa5, size);
			assert_ptr_equal(purgatory_memset(to + start, 0x1a5, size), to + start);
			assert_memory_equal(to, expected, SIZE);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
