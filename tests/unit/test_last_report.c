/* SPDX-License-Identifier: GPL-2.0-only */
/* The report that purgatory leaves for the next kernel. */
#include "support.h"

#include <errno.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "devicetree/last_report.h"
#include "plan/fdt_edit.h"

#define FDT    "/sys/firmware/fdt"
#define CHOSEN "/proc/device-tree/chosen"
#define REPORT CHOSEN "/kexec,purgatory-report"

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

/* The report as the file of its property. */
static void write_file(struct fixture *fixture, const char *text)
{
	char value[PURGATORY_REPORT_SIZE] = {0};

	memcpy(value, text, strlen(text));
	test_sysroot_write(fixture->system.directory, REPORT, value, sizeof(value));
}

/* Let nobody but root read this file or directory. */
static void hide(struct fixture *fixture, const char *path)
{
	char *full;

	assert_true(asprintf(&full, "%s%s", fixture->system.directory, path) > 0);
	assert_int_equal(chmod(full, 0), 0);
	free(full);
}

/* Read the report as somebody who is not root. */
static int read_as_nobody(struct fixture *fixture, char report[PURGATORY_REPORT_SIZE + 1])
{
	const uid_t nobody = 65534, user = geteuid();
	int error;

	assert_int_equal(chmod(fixture->system.directory, 0755), 0);
	if (user == 0)
		assert_int_equal(seteuid(nobody), 0);
	error = read_report(fixture, report);
	assert_int_equal(seteuid(user), 0);
	return error;
}

/* Only root may read the blob: the files tell. No other property of the tree matters. */
static void test_blob_hidden(void **state)
{
	struct fixture *fixture = *state;
	char report[PURGATORY_REPORT_SIZE + 1];

	boot_with(fixture, VERIFIED, strlen(VERIFIED));
	write_file(fixture, VERIFIED);
	test_sysroot_write_text(fixture->system.directory, CHOSEN "/security-password", "secret");
	hide(fixture, FDT);
	hide(fixture, CHOSEN "/security-password");
	assert_int_equal(read_as_nobody(fixture, report), 0);
	assert_string_equal(report, VERIFIED);
	test_log_expect_nothing(&fixture->system.log);

	write_file(fixture, "verified");
	assert_int_equal(read_as_nobody(fixture, report), -EINVAL);
	test_log_expect(&fixture->system.log, DAMAGED);
	write_file(fixture, "");
	assert_int_equal(read_as_nobody(fixture, report), -ENOENT);
	test_log_expect(&fixture->system.log, NONE);
	/* kexec_file_load(2) hands on the tree of the kernel before. */
	write_file(fixture, VERIFIED);
	test_sysroot_write_text(fixture->system.directory, CHOSEN "/linux,booted-from-kexec", "");
	assert_int_equal(read_as_nobody(fixture, report), -ENOENT);
	test_log_expect(&fixture->system.log, NONE);
}

/* The files are hidden, or are not there: the blob tells. */
static void test_files_hidden(void **state)
{
	struct fixture *fixture = *state;
	char report[PURGATORY_REPORT_SIZE + 1];

	boot_with(fixture, VERIFIED, strlen(VERIFIED));
	write_file(fixture, "purgatory: MISMATCH segment=kernel");
	hide(fixture, REPORT);
	assert_int_equal(read_as_nobody(fixture, report), 0);
	assert_string_equal(report, VERIFIED);
	test_log_expect_nothing(&fixture->system.log);
}

/* What cannot be read, and why, in one line. */
static void test_all_hidden(void **state)
{
	struct fixture *fixture = *state;
	char report[PURGATORY_REPORT_SIZE + 1];

	boot_with(fixture, VERIFIED, strlen(VERIFIED));
	hide(fixture, FDT);
	assert_int_equal(read_as_nobody(fixture, report), -EACCES);
	test_log_expect(&fixture->system.log, "/sys/firmware/fdt: Permission denied; ");
	assert_int_equal(read_as_nobody(fixture, report), -EACCES);
	test_log_expect(&fixture->system.log,
			"/proc/device-tree/chosen: No such file or directory: run as root");
	write_file(fixture, VERIFIED);
	hide(fixture, REPORT);
	assert_int_equal(read_as_nobody(fixture, report), -EACCES);
	test_log_expect(&fixture->system.log,
			"/proc/device-tree/chosen: Permission denied: run as root");
}

/* A blob that is none is no better than a missing one. */
static void test_blob_malformed(void **state)
{
	struct fixture *fixture = *state;
	char report[PURGATORY_REPORT_SIZE + 1];

	test_sysroot_write_text(fixture->system.directory, FDT, "no tree");
	assert_int_equal(read_report(fixture, report), -EINVAL);
	test_log_expect(&fixture->system.log, "/sys/firmware/fdt: not a valid device tree blob; ");
	write_file(fixture, VERIFIED);
	assert_int_equal(read_report(fixture, report), 0);
	assert_string_equal(report, VERIFIED);
	test_log_expect_nothing(&fixture->system.log);
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
		cmocka_unit_test_setup_teardown(test_blob_hidden, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_files_hidden, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_all_hidden, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_blob_malformed, set_up, test_system_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
