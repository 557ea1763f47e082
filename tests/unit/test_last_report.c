/* SPDX-License-Identifier: GPL-2.0-only */
/* The report that purgatory leaves for the next kernel. */
#include "support.h"

#include <errno.h>
#include <libfdt.h>
#include <string.h>

#include "devicetree/last_report.h"
#include "plan/fdt_edit.h"

#define FDT "/sys/firmware/fdt"

#define VERIFIED "purgatory: verified bytes=1 ms=0.1 mmu=on regime=el1 engine=sha2"
#define NONE	 "the running kernel has no report of a verification"
#define DAMAGED	 "is no report of a verification: something wrote over it"

struct fixture {
	struct test_system system;
};

static int set_up(void **state)
{
	return test_system_set_up(state, sizeof(struct fixture));
}

/* What the next kernel would find in its tree if purgatory wrote these bytes. */
static void boot_with(struct fixture *fixture, const char *report, size_t size)
{
	static const struct arch arch = {.name = "test", .dtb_size_max = 4096};
	const struct fdt_edit edit = {.source = "test"};
	_Alignas(8) uint8_t tree[256];
	struct devicetree running = {.fdt = tree, .size = sizeof(tree)};
	struct devicetree next;
	uint64_t offset;

	assert_int_equal(fdt_create_empty_tree(tree, sizeof(tree)), 0);
	assert_int_equal(fdt_edit_for_next(&next, &running, &edit, &arch, &fixture->system.log.log),
			 0);
	offset = fdt_edit_report_offset(&next);
	assert_in_range(offset, 1, next.size - PURGATORY_REPORT_SIZE);
	memcpy((uint8_t *)next.fdt + offset, report, size);
	assert_int_equal(fdt_check_full(next.fdt, next.size), 0);
	test_sysroot_write(fixture->system.directory, FDT, next.fdt, next.size);
	devicetree_free(&next);
}

static int read_report(struct fixture *fixture, char report[PURGATORY_REPORT_SIZE + 1])
{
	return last_report_read(report, &fixture->system.sysroot, &fixture->system.log.log);
}

static void expect_report(struct fixture *fixture, const char *text, bool is_verified)
{
	char report[PURGATORY_REPORT_SIZE + 1];

	boot_with(fixture, text, strlen(text));
	assert_int_equal(read_report(fixture, report), 0);
	assert_string_equal(report, text);
	assert_int_equal(last_report_is_verified(report), is_verified);
	test_log_expect_nothing(&fixture->system.log);
}

static void test_reports(void **state)
{
	char longest[PURGATORY_REPORT_SIZE + 1] = "purgatory: verified ";

	memset(longest + strlen(longest), 'x', PURGATORY_REPORT_SIZE - strlen(longest));
	expect_report(*state, VERIFIED, true);
	expect_report(*state, longest, true);
	expect_report(*state, "purgatory: not verified, no checks were asked for", false);
	expect_report(*state, "purgatory: MISMATCH segment=kernel", false);
}

/* A kernel that was started in another way, and one whose purgatory wrote nothing. */
static void test_no_report(void **state)
{
	struct fixture *fixture = *state;
	char report[PURGATORY_REPORT_SIZE + 1];
	_Alignas(8) uint8_t tree[1024];
	static const char old[PURGATORY_REPORT_SIZE] = VERIFIED;
	int chosen;

	assert_int_equal(read_report(fixture, report), -ENOENT);
	test_log_expect(&fixture->system.log, NONE);
	assert_int_equal(fdt_create_empty_tree(tree, sizeof(tree)), 0);
	test_sysroot_write(fixture->system.directory, FDT, tree, sizeof(tree));
	assert_int_equal(read_report(fixture, report), -ENOENT);
	test_log_expect(&fixture->system.log, NONE);
	/* kexec_file_load(2) hands on the tree of the kernel before. */
	chosen = fdt_add_subnode(tree, 0, "chosen");
	assert_true(chosen > 0);
	assert_int_equal(fdt_setprop(tree, chosen, PURGATORY_REPORT_PROPERTY, old, sizeof(old)), 0);
	assert_int_equal(fdt_setprop(tree, chosen, "linux,booted-from-kexec", NULL, 0), 0);
	test_sysroot_write(fixture->system.directory, FDT, tree, sizeof(tree));
	assert_int_equal(read_report(fixture, report), -ENOENT);
	test_log_expect(&fixture->system.log, NONE);
	boot_with(fixture, "", 0);
	assert_int_equal(read_report(fixture, report), -ENOENT);
	test_log_expect(&fixture->system.log, NONE);
}

static void expect_damage(struct fixture *fixture, const char *bytes, size_t size)
{
	char report[PURGATORY_REPORT_SIZE + 1];

	boot_with(fixture, bytes, size);
	assert_int_equal(read_report(fixture, report), -EINVAL);
	test_log_expect(&fixture->system.log, DAMAGED);
}

/* Nothing is printed that might do more to a terminal than a text does. */
static void test_damaged_report(void **state)
{
	expect_damage(*state, "verified", 8);
	expect_damage(*state, VERIFIED "\033[2J", sizeof(VERIFIED) + 3);
	expect_damage(*state, VERIFIED "\xff", sizeof(VERIFIED));
}

/* The tree is that of a kernel which had a report: the next one starts with zeros. */
static void test_old_report(void **state)
{
	static const struct arch arch = {.name = "test", .dtb_size_max = 4096};
	const struct fdt_edit edit = {.source = "test"};
	struct fixture *fixture = *state;
	struct devicetree running, next;

	boot_with(fixture, VERIFIED, strlen(VERIFIED));
	assert_int_equal(devicetree_read_running(&running, &fixture->system.sysroot,
						 &fixture->system.log.log),
			 0);
	assert_int_equal(fdt_edit_for_next(&next, &running, &edit, &arch, &fixture->system.log.log),
			 0);
	for (size_t i = 0; i < PURGATORY_REPORT_SIZE; i++)
		assert_int_equal(((uint8_t *)next.fdt)[fdt_edit_report_offset(&next) + i], 0);
	devicetree_free(&running);
	devicetree_free(&next);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_reports, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_no_report, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_damaged_report, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_old_report, set_up, test_system_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
