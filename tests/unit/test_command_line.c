/* SPDX-License-Identifier: GPL-2.0-only */
/* Composing the next kernel's command line. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "machine/command_line.h"
#include "support.h"

static const struct composition {
	const char *running; /* NULL: --reuse-cmdline was not given */
	const char *append;
	bool crash;
	const char *expected;
} compositions[] = {
	{NULL, NULL, false, NULL},
	{NULL, "", false, NULL},
	{NULL, "quiet  a=b", false, "quiet  a=b"},
	{"console=ttyS0 ro\n", NULL, false, "console=ttyS0 ro"},
	{"console=ttyS0 ro\n", "panic=1", false, "console=ttyS0 ro panic=1"},
	{"BOOT_IMAGE=/vmlinuz ro\n", NULL, false, "ro"},
	{"ro BOOT_IMAGE=/vmlinuz\n", NULL, false, "ro"},
	{"BOOT_IMAGE=/vmlinuz", "x", false, "x"},
	{"MY_BOOT_IMAGE=/vmlinuz ro", NULL, false, "MY_BOOT_IMAGE=/vmlinuz ro"},
	{"a=\"two words\" BOOT_IMAGE=\"/a b\" c", NULL, false, "a=\"two words\" c"},
	{"crashkernel=1G ro", NULL, false, "crashkernel=1G ro"},
	{"crashkernel=1G,high ro crashkernel=64M,low", NULL, true, "ro"},
	{"ro \"crashkernel=1G\" \"BOOT_IMAGE=/a b\"", NULL, true, "ro"},
	{"\n", NULL, false, NULL},
	{"", "x", false, "x"},
	/* A file or a script may have left the end of its line. */
	{NULL, "quiet\n", false, "quiet"},
	{NULL, "quiet \r\n\n", false, "quiet "},
	{"ro\n", "quiet\n", false, "ro quiet"},
	{NULL, "\n", false, NULL},
};

static void test_compositions(void **state)
{
	char *directory = test_directory_make();
	const struct sysroot sysroot = {.directory = directory};
	struct test_log log;
	char *proc;

	(void)state;
	test_log_open(&log);
	assert_true(asprintf(&proc, "%s/proc", directory) > 0);
	assert_int_equal(mkdir(proc, 0700), 0);
	for (size_t i = 0; i < ARRAY_SIZE(compositions); i++) {
		const struct composition *composition = &compositions[i];
		const char *running = composition->running ? composition->running : "unused";
		char *line;

		free(test_file_write(proc, "cmdline", running, strlen(running)));
		assert_int_equal(command_line_compose(&line, &sysroot, composition->running != NULL,
						      composition->append, composition->crash,
						      &log.log),
				 0);
		if (composition->expected) {
			assert_non_null(line);
			assert_string_equal(line, composition->expected);
		} else {
			assert_null(line);
		}
		free(line);
	}
	test_log_expect_nothing(&log);
	test_log_close(&log);
	free(proc);
	test_directory_remove(directory);
}

static void test_unreadable(void **state)
{
	const struct sysroot sysroot = {.directory = "/nonexistent"};
	struct test_log log;
	char *line;

	(void)state;
	test_log_open(&log);
	assert_int_equal(command_line_compose(&line, &sysroot, true, "x", false, &log.log),
			 -ENOENT);
	assert_null(line);
	test_log_expect(&log, "/proc/cmdline");
	test_log_close(&log);
}

static void test_sets(void **state)
{
	(void)state;
	assert_true(command_line_sets("mem=1G", "mem="));
	assert_true(command_line_sets("quiet\tmem=1G root=/dev/vda", "mem="));
	assert_false(command_line_sets("quiet memtest=1 crashkernel=1G", "mem="));
	assert_false(command_line_sets("name=\"a mem=1G\"", "mem="));
	assert_true(command_line_sets("quiet \"mem=1G\" ro", "mem="));
	assert_true(command_line_sets("\"mem=1G\"", "mem="));
	assert_false(command_line_sets("\"", "mem="));
	assert_false(command_line_sets("", "mem="));
	assert_false(command_line_sets(NULL, "mem="));
}

static void test_value(void **state)
{
	static const struct {
		const char *line;
		const char *value;
	} cases[] = {
		{"root=/dev/vda", "/dev/vda"},
		{"quiet\troot=UUID=1-2 ro", "UUID=1-2"},
		{"root=/dev/vda ro root=LABEL=a", "LABEL=a"},
		{"root=\"LABEL=a b\" ro", "LABEL=a b"},
		{"\"root=LABEL=a b\" ro", "LABEL=a b"},
		{"root=\"a", "a"},
		{"root=", ""},
		{"root=\"\"", ""},
		{"a=\"x root=/dev/vda\"", NULL},
		{"nfsroot=1 roo root", NULL},
		{"\"", NULL},
		{"", NULL},
		{NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t length = 0;
		const char *value = command_line_value(cases[i].line, "root=", &length);

		if (!cases[i].value) {
			assert_null(value);
			continue;
		}
		assert_non_null(value);
		assert_int_equal(length, strlen(cases[i].value));
		assert_memory_equal(value, cases[i].value, length);
	}
}

/* What follows the first line would be lost to those who read one line of /proc/cmdline. */
static void test_several_lines(void **state)
{
	static const char *const texts[] = {"ro\nquiet", "ro\r\nquiet\n", "a=\"x\n\""};
	const struct sysroot sysroot = {.directory = ""};
	struct test_log log;
	char *line;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		assert_int_equal(
			command_line_compose(&line, &sysroot, false, texts[i], false, &log.log),
			-EINVAL);
		assert_null(line);
		test_log_expect(&log, i < 2 ? "the command line has several lines, 'ro' and more: "
					      "write it in one"
					    : "has several lines, 'a=\"x' and more");
	}
	test_log_close(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compositions), cmocka_unit_test(test_several_lines),
		cmocka_unit_test(test_sets),	     cmocka_unit_test(test_value),
		cmocka_unit_test(test_unreadable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
