/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the notes of a crash will lie: what sysfs says of it, and what is not to be believed. */
#include "support.h"

#include <errno.h>
#include <stdlib.h>

#include "machine/crash_info.h"

#define CPU(number, file) "/sys/devices/system/cpu/cpu" number "/crash_notes" file
#define VMCOREINFO	  "/sys/kernel/vmcoreinfo"
#define ELFCOREHDR_SIZE	  "/sys/kernel/crash_elfcorehdr_size"

struct fixture {
	struct test_system system;
	struct crash_info info;
};

static int set_up(void **state)
{
	return test_system_set_up(state, sizeof(struct fixture));
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	crash_info_free(&fixture->info);
	return test_system_tear_down(state);
}

static void write_text(const struct fixture *fixture, const char *path, const char *text)
{
	test_sysroot_write_text(fixture->system.directory, path, text);
}

/* One CPU and vmcoreinfo, as Linux writes them. */
static void write_good(const struct fixture *fixture)
{
	write_text(fixture, CPU("0", ""), "1bf367600\n");
	write_text(fixture, CPU("0", "_size"), "424\n");
	write_text(fixture, VMCOREINFO, "0x0000000100b06000 1024\n");
}

static int read_info(struct fixture *fixture)
{
	crash_info_free(&fixture->info);
	return crash_info_read(&fixture->info, &fixture->system.sysroot, &fixture->system.log.log);
}

static void expect_range(struct range range, uint64_t start, uint64_t size)
{
	assert_int_equal(range.start, start);
	assert_int_equal(range_size(range), size);
}

static void test_one_cpu(void **state)
{
	struct fixture *fixture = *state;

	write_good(fixture);
	assert_int_equal(read_info(fixture), 0);
	assert_int_equal(fixture->info.cpu_count, 1);
	expect_range(fixture->info.cpu_notes[0], 0x1bf367600, 424);
	/* The size is hexadecimal, too. */
	expect_range(fixture->info.vmcoreinfo, 0x100b06000, 0x1024);
	test_log_expect_nothing(&fixture->system.log);
}

/* In the order of their numbers, which no directory is sorted by. */
static void test_holes_in_numbers(void **state)
{
	static const uint64_t expected[] = {0x1000, 0x2000, 0x3000, 0x4000};
	struct fixture *fixture = *state;

	write_text(fixture, VMCOREINFO, "0x1000 1000\n");
	write_text(fixture, CPU("10", ""), "3000\n");
	write_text(fixture, CPU("10", "_size"), "256\n");
	write_text(fixture, CPU("2", ""), "2000\n");
	write_text(fixture, CPU("2", "_size"), "256\n");
	write_text(fixture, CPU("123", ""), "4000\n");
	write_text(fixture, CPU("123", "_size"), "256\n");
	write_text(fixture, CPU("0", ""), "1000\n");
	write_text(fixture, CPU("0", "_size"), "256\n");
	/* A CPU that is not there has no notes. */
	write_text(fixture, "/sys/devices/system/cpu/cpu1/uevent", "");
	assert_int_equal(read_info(fixture), 0);
	assert_int_equal(fixture->info.cpu_count, ARRAY_SIZE(expected));
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		expect_range(fixture->info.cpu_notes[i], expected[i], 256);
	test_log_expect_nothing(&fixture->system.log);
}

static void test_names_that_are_no_cpus(void **state)
{
	static const char *const names[] = {"cpufreq", "cpuidle",	"cpu",	 "cpu0x",
					    "cpu-1",   "cpu 1",		"xcpu1", "power",
					    "CPU1",    "cpu2147483648", "cpu1."};
	struct fixture *fixture = *state;

	write_good(fixture);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char *path;

		assert_true(asprintf(&path, "/sys/devices/system/cpu/%s/crash_notes", names[i]) >
			    0);
		write_text(fixture, path, "garbage");
		free(path);
	}
	assert_int_equal(read_info(fixture), 0);
	assert_int_equal(fixture->info.cpu_count, 1);
	test_log_expect_nothing(&fixture->system.log);
}

static void test_missing(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(read_info(fixture), -ENOENT);
	test_log_expect(&fixture->system.log,
			"cannot read /sys/devices/system/cpu, without which a dump would be of no "
			"use: No such file");
	write_text(fixture, "/sys/devices/system/cpu/cpu0/uevent", "");
	assert_int_equal(read_info(fixture), -ENODATA);
	test_log_expect(&fixture->system.log, "no CPU in /sys/devices/system/cpu has crash_notes");
	write_text(fixture, CPU("0", ""), "1000\n");
	assert_int_equal(read_info(fixture), -ENOENT);
	test_log_expect(&fixture->system.log,
			"cannot read /sys/devices/system/cpu/cpu0/crash_notes_size, without");
	write_text(fixture, CPU("0", "_size"), "424\n");
	assert_int_equal(read_info(fixture), -ENOENT);
	test_log_expect(&fixture->system.log, "cannot read /sys/kernel/vmcoreinfo, without which");
	/* Not a file: the kernel has the name, and gives nothing to read. */
	write_text(fixture, VMCOREINFO "/x", "");
	assert_int_equal(read_info(fixture), -EISDIR);
	test_log_expect(&fixture->system.log, "cannot read /sys/kernel/vmcoreinfo, ");
}

static void test_malformed(void **state)
{
	static const struct {
		const char *path, *text;
	} cases[] = {
		{CPU("0", ""), ""},
		{CPU("0", ""), "\n"},
		{CPU("0", ""), "0\n"},
		{CPU("0", ""), "-1000\n"},
		{CPU("0", ""), "1000 1000\n"},
		{CPU("0", ""), "1000g\n"},
		{CPU("0", ""), "10000000000000000\n"},
		/* It ends behind the address space. */
		{CPU("0", ""), "ffffffffffffffff\n"},
		{CPU("0", "_size"), ""},
		{CPU("0", "_size"), "0\n"},
		{CPU("0", "_size"), "1a8\n"},
		{CPU("0", "_size"), "a8\n"},
		{CPU("0", "_size"), "-424\n"},
		{VMCOREINFO, ""},
		{VMCOREINFO, "0x100b06000\n"},
		{VMCOREINFO, "0x100b06000 0\n"},
		{VMCOREINFO, "0x100b06000 1024 1\n"},
		{VMCOREINFO, "0x100b06000 1024x\n"},
		{VMCOREINFO, "0xfffffffffffff000 1001\n"},
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *message;

		write_good(fixture);
		write_text(fixture, cases[i].path, cases[i].text);
		if (read_info(fixture) != -EINVAL)
			fail_msg("%s is taken with '%s'", cases[i].path, cases[i].text);
		assert_true(asprintf(&message,
				     "cannot read %s, without which a dump would be of "
				     "no use: its content is not what kernels write",
				     cases[i].path) > 0);
		test_log_expect(&fixture->system.log, message);
		free(message);
	}
}

/* What the kernel wants for --hotplug is taken as far as it is a number. */
static void test_elfcorehdr_size(void **state)
{
	static const struct {
		const char *text;
		uint64_t size;
	} cases[] = {
		{"65536\n", 65536}, {"0\n", 0},	    {"", 0},
		{"0x100\n", 0},	    {"12 34\n", 0}, {"-1\n", 0},
	};
	struct fixture *fixture = *state;

	assert_int_equal(crash_info_elfcorehdr_size(&fixture->system.sysroot), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		write_text(fixture, ELFCOREHDR_SIZE, cases[i].text);
		assert_int_equal(crash_info_elfcorehdr_size(&fixture->system.sysroot),
				 cases[i].size);
	}
	test_log_expect_nothing(&fixture->system.log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_one_cpu, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_holes_in_numbers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_names_that_are_no_cpus, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_missing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_malformed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_elfcorehdr_size, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
