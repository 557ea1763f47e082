/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lines of purgatory's report: what tools that read the console rely on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../purgatory/line.h"

static void assert_line(const struct line *line, const char *expected)
{
	assert_int_equal(line->length, strlen(expected));
	assert_memory_equal(line->text, expected, line->length);
}

static void test_words(void **state)
{
	struct line line;

	(void)state;
	line_begin(&line, "MISMATCH");
	line_add_word(&line, "segment", "initrd");
	line_end(&line);
	assert_line(&line, "purgatory: MISMATCH segment=initrd\r\n");
}

static void test_numbers(void **state)
{
	static const struct {
		uint64_t value;
		const char *expected;
	} cases[] = {
		{0, "purgatory:  hex=0x0 decimal=0"},
		{9, "purgatory:  hex=0x9 decimal=9"},
		{10, "purgatory:  hex=0xa decimal=10"},
		{41765888, "purgatory:  hex=0x27d4c00 decimal=41765888"},
		{UINT64_MAX, "purgatory:  hex=0xffffffffffffffff decimal=18446744073709551615"},
	};
	struct line line;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		line_begin(&line, "");
		line_add_hex(&line, "hex", cases[i].value);
		line_add_decimal(&line, "decimal", cases[i].value);
		assert_line(&line, cases[i].expected);
	}
}

static void test_bytes(void **state)
{
	static const uint8_t bytes[] = {0x00, 0x0f, 0xa0, 0xff};
	struct line line;

	(void)state;
	line_begin(&line, "");
	line_add_bytes(&line, "actual", bytes, sizeof(bytes));
	assert_line(&line, "purgatory:  actual=000fa0ff");
}

static void test_milliseconds(void **state)
{
	static const struct {
		uint64_t ticks;
		uint64_t frequency;
		const char *expected;
	} cases[] = {
		{0, 1000000, "purgatory:  ms=0.000"},
		{7, 1000000, "purgatory:  ms=0.007"},
		{12345, 1000000, "purgatory:  ms=12.345"},
		{62500, 62500000, "purgatory:  ms=1.000"},
		{62499, 62500000, "purgatory:  ms=0.999"},
		{86400 * UINT64_C(1000000000), 1000000000, "purgatory:  ms=86400000.000"},
		{UINT64_MAX, 1000000000, "purgatory:  ms=18446744073709.551"},
		{12345, 0, "purgatory:  ms=unknown"},
	};
	struct line line;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		line_begin(&line, "");
		line_add_milliseconds(&line, "ms", cases[i].ticks, cases[i].frequency);
		assert_line(&line, cases[i].expected);
	}
}

/* A line that is too long is cut, and still ended. */
static void test_overlong(void **state)
{
	static const uint8_t bytes[LINE_SIZE];
	struct line line;

	(void)state;
	line_begin(&line, "MISMATCH");
	line_add_bytes(&line, "actual", bytes, sizeof(bytes));
	line_end(&line);
	assert_int_equal(line.length, LINE_SIZE);
	assert_memory_equal(line.text + LINE_SIZE - 3, "0\r\n", 3);
}

/* The longest line that purgatory writes is not cut. */
static void test_longest(void **state)
{
	static const uint8_t digest[32];
	struct line line;

	(void)state;
	line_begin(&line, "MISMATCH");
	line_add_word(&line, "segment", "elfcorehdr");
	line_add_hex(&line, "address", UINT64_MAX);
	line_add_hex(&line, "offset", UINT64_MAX);
	line_add_bytes(&line, "expected", digest, sizeof(digest));
	line_add_bytes(&line, "actual", digest, sizeof(digest));
	assert_in_range(line.length, 1, LINE_SIZE - 3);
}

/* A text is the line's only if nothing is missing on either side. */
static void test_whole_text(void **state)
{
	struct line line;

	(void)state;
	line_begin(&line, "MISMATCH");
	assert_true(line_is(&line, "purgatory: MISMATCH"));
	assert_false(line_is(&line, "purgatory: MISMATCHES"));
	assert_false(line_is(&line, "purgatory: MISMATC"));
	assert_false(line_is(&line, "purgatory: MISMATCh"));
	assert_false(line_is(&line, ""));
	line_set(&line, "");
	assert_true(line_is(&line, ""));
	line_set(&line, "purgatory");
	assert_true(line_is(&line, "purgatory"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),	   cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_bytes),	   cmocka_unit_test(test_milliseconds),
		cmocka_unit_test(test_overlong),   cmocka_unit_test(test_longest),
		cmocka_unit_test(test_whole_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
