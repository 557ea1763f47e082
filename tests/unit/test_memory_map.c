/* SPDX-License-Identifier: GPL-2.0-only */
/* /proc/iomem: what is RAM, what is reserved, and what is not to be believed. */
#include "support.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/memory_map.h"

/* Lines until getline(3) has no memory for one; negative: it always has. */
static int lines_with_memory = -1;

ssize_t __real_getline(char **line, size_t *capacity, FILE *stream);
ssize_t __wrap_getline(char **line, size_t *capacity, FILE *stream);
ssize_t __real___getdelim(char **line, size_t *capacity, int delimiter, FILE *stream);
ssize_t __wrap___getdelim(char **line, size_t *capacity, int delimiter, FILE *stream);

/* Not every C library sets the stream's error indicator then, because no read has failed. */
static bool lacks_memory(void)
{
	if (lines_with_memory < 0)
		return false;
	if (lines_with_memory > 0) {
		lines_with_memory--;
		return false;
	}
	errno = ENOMEM;
	return true;
}

ssize_t __wrap_getline(char **line, size_t *capacity, FILE *stream)
{
	return lacks_memory() ? -1 : __real_getline(line, capacity, stream);
}

/* What glibc's header makes of getline() in a build that optimises. */
ssize_t __wrap___getdelim(char **line, size_t *capacity, int delimiter, FILE *stream)
{
	return lacks_memory() ? -1 : __real___getdelim(line, capacity, delimiter, stream);
}

struct fixture {
	struct test_system system;
	struct memory_map map;
};

static int set_up(void **state)
{
	return test_system_set_up(state, sizeof(struct fixture));
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	memory_map_free(&fixture->map);
	return test_system_tear_down(state);
}

static int read_text(struct fixture *fixture, const char *iomem)
{
	test_sysroot_write_text(fixture->system.directory, "/proc/iomem", iomem);
	return memory_map_read(&fixture->map, &fixture->system.sysroot, &fixture->system.log.log);
}

static void expect_ranges(const struct range_set *set, const struct range *ranges, size_t count)
{
	size_t i;

	assert_int_equal(set->count, count);
	for (i = 0; i < count; i++) {
		assert_int_equal(set->ranges[i].start, ranges[i].start);
		assert_int_equal(set->ranges[i].end, ranges[i].end);
	}
}

static void test_levels_and_names(void **state)
{
	struct fixture *fixture = *state;
	static const struct range ram[] = {{0x40000000, 0x80000000}, {0x880000000, 0x900000000}};
	static const struct range dumped[] = {
		{0x40000000, 0xa0000000}, {0x140000000, 0x150000000}, {0x880000000, 0x900000000}};
	static const struct range reserved[] = {{0x1000, 0x2000},
						{0x41f20000, 0x42230000},
						{0x60000000, 0x60000001},
						{0x8c0000000, 0x8c0001000}};
	static const struct range crash[] = {{0x50000000, 0x58000000}, {0x8a0000000, 0x8b0000000}};

	assert_int_equal(read_text(fixture, "00001000-00001fff : Reserved\n"
					    "09000000-09000fff : pl011@9000000\n"
					    "  09000000-09000fff : reserved memory\n"
					    "40000000-7fffffff : System RAM\n"
					    "  40200000-41f1ffff : Kernel code\n"
					    "  41f20000-4222ffff : reserved\n"
					    "  42230000-426effff : Kernel data\n"
					    "  50000000-57ffffff : Crash kernel\n"
					    "  5f000000-60ffffff : somebody\n"
					    "    60000000-60000000 : RESERVED\n"
					    "80000000-8fffffff : Persistent Memory\n"
					    "  80000000-8fffffff : dax0.0\n"
					    "    80000000-8fffffff : System RAM\n"
					    "90000000-9fffffff : System RAM (boot alias)\n"
					    "100000000-13fffffff : System RAMP\n"
					    "140000000-1ffffffff : virtio0\n"
					    "  140000000-147ffffff : System RAM (virtio_mem)\n"
					    "  148000000-14fffffff : System RAM (virtio_mem)\n"
					    "880000000-8ffffffff : System RAM\n"
					    "  8a0000000-8afffffff : Crash kernel\n"
					    "  8c0000000-8c0000fff : reserved\n"),
			 0);
	expect_ranges(&fixture->map.ram, ram, ARRAY_SIZE(ram));
	expect_ranges(&fixture->map.dumped, dumped, ARRAY_SIZE(dumped));
	expect_ranges(&fixture->map.reserved, reserved, ARRAY_SIZE(reserved));
	expect_ranges(&fixture->map.crash, crash, ARRAY_SIZE(crash));
	test_log_expect_nothing(&fixture->system.log);
}

/* What lies at the very start of a bank, and not the kernel: as Raspberry Pi and LX2160 have it. */
static void test_firmware_reserved(void **state)
{
	static const struct range firmware[] = {{0, 0x1000}, {0x2080000000, 0x2080010000}};
	static const struct range below[] = {{0x40000000, 0x40200000}, {0x100000000, 0x100200000}};
	struct fixture *fixture = *state;
	struct range_set found = {0};

	assert_int_equal(read_text(fixture, "00000000-3b3fffff : System RAM\n"
					    "  00000000-00000fff : reserved\n"
					    "  00200000-0141ffff : Kernel code\n"
					    "  01420000-0163ffff : reserved\n"
					    "  01640000-01abffff : Kernel data\n"
					    "  2eff0000-2effffff : reserved\n"
					    "  39c00000-3b3fffff : reserved\n"
					    "2080000000-20ffffffff : System RAM\n"
					    "  2080000000-208000ffff : reserved\n"),
			 0);
	assert_int_equal(memory_map_add_firmware_reserved(&found, &fixture->map), 0);
	expect_ranges(&found, firmware, ARRAY_SIZE(firmware));
	range_set_free(&found);

	/* Nor is the kernel's own beginning, which some name so, where it lies first. */
	memory_map_free(&fixture->map);
	assert_int_equal(read_text(fixture, "40000000-7fffffff : System RAM\n"
					    "  40000000-4000ffff : reserved\n"
					    "  40010000-41f1ffff : Kernel code\n"
					    "  41f20000-4222ffff : reserved\n"
					    "  42230000-426effff : Kernel data\n"),
			 0);
	assert_int_equal(memory_map_add_firmware_reserved(&found, &fixture->map), 0);
	assert_int_equal(found.count, 0);

	/* What lies below it is, though it is one range with these pages. */
	memory_map_free(&fixture->map);
	assert_int_equal(read_text(fixture, "40000000-7fffffff : System RAM\n"
					    "  40000000-4020ffff : reserved\n"
					    "  40210000-41f1ffff : Kernel code\n"
					    "  42230000-426effff : Kernel data\n"
					    "100000000-17fffffff : System RAM\n"
					    "  100000000-10fffffff : reserved\n"),
			 0);
	assert_int_equal(memory_map_add_firmware_reserved(&found, &fixture->map), 0);
	expect_ranges(&found, below, ARRAY_SIZE(below));
	range_set_free(&found);
}

static void expect_range(struct range range, struct range expected)
{
	assert_int_equal(range.start, expected.start);
	assert_int_equal(range.end, expected.end);
}

/* One by one, even where they touch: a crash kernel's segments must lie in one, the higher. */
static void test_crash_regions(void **state)
{
	static const struct {
		const char *lines;
		size_t count, merged_count;
		struct range regions[MEMORY_MAP_CRASH_MAX];
	} cases[] = {
		{"", 0, 0, {{0}}},
		{"  50000000-57ffffff : Crash kernel\n", 1, 1, {{0x50000000, 0x58000000}}},
		{"  50000000-57ffffff : Crash kernel\n  60000000-6fffffff : Crash kernel\n",
		 2,
		 2,
		 {{0x50000000, 0x58000000}, {0x60000000, 0x70000000}}},
		{"  50000000-57ffffff : Crash kernel\n  58000000-6fffffff : Crash kernel\n",
		 2,
		 1,
		 {{0x50000000, 0x58000000}, {0x58000000, 0x70000000}}},
		/* Names that only begin or end alike */
		{"  50000000-57ffffff : Crash kernel (low)\n  58000000-5fffffff : crash kernel\n",
		 0,
		 0,
		 {{0}}},
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const size_t count = cases[i].count;
		const struct range *region;
		char *iomem;

		assert_true(asprintf(&iomem, "40000000-7fffffff : System RAM\n%s", cases[i].lines) >
			    0);
		assert_int_equal(read_text(fixture, iomem), 0);
		free(iomem);
		assert_int_equal(fixture->map.crash_region_count, count);
		assert_int_equal(fixture->map.crash.count, cases[i].merged_count);
		for (size_t j = 0; j < count; j++)
			expect_range(fixture->map.crash_regions[j], cases[i].regions[j]);
		region = memory_map_crash_region(&fixture->map);
		assert_int_equal(region != NULL, count != 0);
		if (region)
			expect_range(*region, cases[i].regions[count - 1]);
		memory_map_free(&fixture->map);
	}
	test_log_expect_nothing(&fixture->system.log);
}

/* Where the kernel's image lies, as both architectures name its parts. */
static void test_kernel(void **state)
{
	static const struct {
		const char *lines;
		struct range kernel, code;
	} cases[] = {
		{"", {0, 0}, {0, 0}},
		/* arm64 */
		{"  40200000-41f1ffff : Kernel code\n"
		 "  41f20000-4222ffff : reserved\n"
		 "  42230000-426effff : Kernel data\n",
		 {0x40200000, 0x426f0000},
		 {0x40200000, 0x41f20000}},
		/* riscv: one around all */
		{"  40202000-4206a337 : Kernel image\n"
		 "    40202000-40c76977 : Kernel code\n"
		 "    41200000-41bfffff : Kernel rodata\n"
		 "    41e00000-41fb8dff : Kernel data\n"
		 "    41fb9000-4206a337 : Kernel bss\n",
		 {0x40202000, 0x4206a338},
		 {0x40202000, 0x40c76978}},
		/* Whatever comes first */
		{"  42230000-426effff : Kernel data\n  40200000-41f1ffff : Kernel code\n",
		 {0x40200000, 0x426f0000},
		 {0x40200000, 0x41f20000}},
		{"  40200000-41f1ffff : Kernel\n  42000000-42ffffff : kernel data\n",
		 {0, 0},
		 {0, 0}},
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *iomem;

		assert_true(asprintf(&iomem, "40000000-7fffffff : System RAM\n%s", cases[i].lines) >
			    0);
		assert_int_equal(read_text(fixture, iomem), 0);
		free(iomem);
		expect_range(fixture->map.kernel, cases[i].kernel);
		expect_range(fixture->map.kernel_code, cases[i].code);
		memory_map_free(&fixture->map);
	}
	test_log_expect_nothing(&fixture->system.log);
}

static void test_last_byte_of_address_space(void **state)
{
	struct fixture *fixture = *state;
	static const struct range reserved[] = {{0xfffffffffffff000, UINT64_MAX}};

	assert_int_equal(read_text(fixture, "40000000-7fffffff : System RAM\n"
					    "fffffffffffff000-ffffffffffffffff : reserved\n"),
			 0);
	expect_ranges(&fixture->map.reserved, reserved, ARRAY_SIZE(reserved));
}

static void test_refusals(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		const char *iomem;
		int error;
		const char *message;
	} cases[] = {
		{"", -ENODATA, "no System RAM"},
		{"09000000-09000fff : pl011@9000000\n", -ENODATA, "no System RAM"},
		{"  40000000-7fffffff : System RAM\n", -ENODATA, "no System RAM"},
		{"00000000-00000000 : System RAM\n  00000000-00000000 : reserved\n", -EPERM,
		 "run as root (CAP_SYS_ADMIN)"},
		{"40000000-7fffffff : System RAM\nhello\n", -EINVAL, "line 2 is not"},
		{"40000000-7fffffff : System RAM\n\n", -EINVAL, "line 2 is not"},
		{"40000000 : System RAM\n", -EINVAL, "line 1 is not"},
		{"40000000-7fffffff: System RAM\n", -EINVAL, "line 1 is not"},
		{"40000000-3fffffff : System RAM\n", -EINVAL, "line 1 is not"},
		{"-1-7fffffff : System RAM\n", -EINVAL, "line 1 is not"},
		{"0x40000000-0x7fffffff : System RAM\n", -EINVAL, "line 1 is not"},
		{"40000000-10000000000000000 : System RAM\n", -EINVAL, "line 1 is not"},
		{"40000000-7fffffff :", -EINVAL, "line 1 is not"},
		{"40000000-7fffffff : System RAM\n"
		 "  41000000-41ffffff : Crash kernel\n"
		 "  42000000-42ffffff : Crash kernel\n"
		 "  43000000-43ffffff : Crash kernel\n",
		 -EINVAL, "/proc/iomem has more than 2 ranges of 'Crash kernel'"},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(read_text(fixture, cases[i].iomem), cases[i].error);
		test_log_expect(&fixture->system.log, cases[i].message);
		assert_null(fixture->map.ram.ranges);
		assert_null(fixture->map.dumped.ranges);
		assert_null(fixture->map.reserved.ranges);
		assert_null(fixture->map.crash.ranges);
	}
}

static void test_missing_file(void **state)
{
	static const struct sysroot nowhere = {.directory = "/nonexistent"};
	struct fixture *fixture = *state;

	assert_int_equal(
		memory_map_read(&fixture->map, &fixture->system.sysroot, &fixture->system.log.log),
		-ENOENT);
	test_log_expect(&fixture->system.log,
			"is no captured system, because it has no readable /proc/iomem: No such");
	assert_int_equal(memory_map_read(&fixture->map, &nowhere, &fixture->system.log.log),
			 -ENOENT);
	test_log_expect(&fixture->system.log, "cannot open the directory --sysroot=/nonexistent: ");
}

/* What stands in the place of the file: a directory, and one line of any length. */
static void test_other_files(void **state)
{
	struct fixture *fixture = *state;
	char line[5000], quoted[64];

	memset(line, 'x', sizeof(line));
	test_sysroot_write(fixture->system.directory, "/proc/iomem", line, sizeof(line));
	assert_int_equal(
		memory_map_read(&fixture->map, &fixture->system.sysroot, &fixture->system.log.log),
		-EINVAL);
	snprintf(quoted, sizeof(quoted), "'%.60s'\n", line);
	test_log_expect(&fixture->system.log, quoted);

	test_sysroot_remove(fixture->system.directory, "/proc/iomem");
	test_sysroot_write_text(fixture->system.directory, "/proc/iomem/file", "");
	assert_int_equal(
		memory_map_read(&fixture->map, &fixture->system.sysroot, &fixture->system.log.log),
		-EIO);
	test_log_expect(&fixture->system.log, "cannot read /proc/iomem: Is a directory");
}

/* Half of a memory map must never be taken for all of it: the reserved memory comes last. */
static void test_no_memory_for_a_line(void **state)
{
	struct fixture *fixture = *state;
	int error;

	lines_with_memory = 1;
	error = read_text(fixture, "40000000-7fffffff : System RAM\n"
				   "  7f000000-7fffffff : reserved\n");
	lines_with_memory = -1;
	assert_int_equal(error, -ENOMEM);
	test_log_expect(&fixture->system.log, "cannot read /proc/iomem: Cannot allocate memory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_levels_and_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_firmware_reserved, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_crash_regions, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_kernel, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_last_byte_of_address_space, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refusals, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_missing_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_other_files, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_memory_for_a_line, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
