/* SPDX-License-Identifier: GPL-2.0-only */
/* Accesses of each width: they touch the bytes of the register alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../purgatory/mmio.h"

#define VALUE UINT32_C(0x81828384)

static const uint32_t widths[] = {1, 2, 4};

static void test_read(void **state)
{
	static const uint32_t expected[] = {0x14, 0x1514, 0x17161514};
	uint8_t memory[16] __attribute__((aligned(16)));

	(void)state;
	for (size_t i = 0; i < sizeof(memory); i++)
		memory[i] = (uint8_t)(0x10 + i);
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
		assert_int_equal(mmio_read((uintptr_t)&memory[4], widths[i]), expected[i]);
}

static void test_write(void **state)
{
	uint8_t memory[16] __attribute__((aligned(16)));
	uint8_t expected[sizeof(memory)];

	(void)state;
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		memset(memory, 0x55, sizeof(memory));
		memset(expected, 0x55, sizeof(expected));
		for (size_t byte = 0; byte < widths[i]; byte++)
			expected[4 + byte] = (uint8_t)(VALUE >> (8 * byte));
		mmio_write((uintptr_t)&memory[4], widths[i], VALUE);
		assert_memory_equal(memory, expected, sizeof(memory));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
