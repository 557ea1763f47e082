/* SPDX-License-Identifier: GPL-2.0-only */
/* The report for the next kernel: kept above the stack, then written into the device tree. */
#include "support.h"

#include <string.h>

#define PURGATORY_PATCHED
#include "../../purgatory/arch_interface.h"
#include "../../purgatory/report.h"
#include "purgatory.h"

#define AROUND 8

/* Stands for the patched symbol and for stack.S, which purgatory alone has. */
uint64_t purgatory_report_address;
char purgatory_report_text[REPORT_SIZE];

/* The property, what lies around it, and what was cleaned. */
static struct {
	char before[AROUND];
	char report[REPORT_SIZE];
	char after[AROUND];
	unsigned int cleaned;
} memory;

void arch_clean_uncached(const void *start, size_t size)
{
	assert_ptr_equal(start, memory.report);
	assert_int_equal(size, REPORT_SIZE);
	memory.cleaned++;
}

/* All that memory holds is something else before. */
static int fill(void **state)
{
	(void)state;
	memset(purgatory_report_text, 'x', sizeof(purgatory_report_text));
	memset(&memory, 'y', sizeof(memory));
	memory.cleaned = 0;
	purgatory_report_address = (uint64_t)(uintptr_t)memory.report;
	return 0;
}

static void expect_around(void)
{
	for (size_t i = 0; i < AROUND; i++) {
		assert_int_equal(memory.before[i], 'y');
		assert_int_equal(memory.after[i], 'y');
	}
}

/* The line, and zeros up to the end. */
static void test_line(void **state)
{
	static const char text[] = "purgatory: verified bytes=1";
	char expected[REPORT_SIZE] = {0};
	struct line line = {.length = strlen(text)};

	(void)state;
	memcpy(line.text, text, strlen(text));
	memcpy(expected, text, strlen(text));
	report_keep(&line);
	assert_memory_equal(purgatory_report_text, expected, sizeof(expected));
	assert_int_equal(memory.report[0], 'y'); /* the tables map it read-only */
	report_write();
	assert_memory_equal(memory.report, expected, sizeof(expected));
	assert_int_equal(memory.cleaned, 1);
	expect_around();
}

/* The longest line there is. */
static void test_longest(void **state)
{
	struct line line = {.length = LINE_SIZE};

	(void)state;
	memset(line.text, 'z', LINE_SIZE);
	report_keep(&line);
	report_write();
	for (size_t i = 0; i < REPORT_SIZE; i++)
		assert_int_equal(memory.report[i], i < LINE_SIZE ? 'z' : 0);
	expect_around();
}

/* A device tree without room for it. */
static void test_nowhere(void **state)
{
	struct line line = {.length = 1, .text = "z"};

	(void)state;
	purgatory_report_address = 0;
	report_keep(&line);
	report_write();
	assert_int_equal(memory.report[0], 'y');
	assert_int_equal(memory.cleaned, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_line, fill),
		cmocka_unit_test_setup(test_longest, fill),
		cmocka_unit_test_setup(test_nowhere, fill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
