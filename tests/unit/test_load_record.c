/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The record of a load: written, read back, of another boot, damaged, and gone.
 */
#include "support.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "show/load_record.h"

#define BOOT_ID "/proc/sys/kernel/random/boot_id"

static const struct load_record sample = {
	.program = "kexec-mmu 1.0",
	.call = "kexec_load",
	.kernel = "/boot/vm=linuz\nengine=none",
	.engine = "sha2-x2",
	.cpus = "2 of 0x0 0x100",
	.time = 1764394260,
	.kernel_size = UINT64_MAX,
	.initrd_size = 5,
	.verified_size = 6,
	.microseconds = 7,
};

static int set_up(void **state)
{
	struct test_system *system;
	int error = test_system_set_up(state, sizeof(*system));

	system = *state;
	test_sysroot_write_text(system->directory, BOOT_ID, "first\n");
	test_sysroot_write_text(system->directory, "/run/other", "");
	return error;
}

static void test_written(void **state)
{
	const struct test_system *system = *state;
	struct load_record record;

	assert_int_equal(load_record_read(&record, &system->sysroot, false), -ENOENT);
	assert_int_equal(load_record_write(&sample, &system->sysroot, false), 0);
	assert_int_equal(load_record_read(&record, &system->sysroot, true), -ENOENT);
	assert_int_equal(load_record_read(&record, &system->sysroot, false), 0);
	/* The end of a line in a name is no end of a line in the file. */
	assert_string_equal(record.kernel, "/boot/vm=linuz?engine=none");
	assert_string_equal(record.program, sample.program);
	assert_string_equal(record.call, sample.call);
	assert_string_equal(record.engine, sample.engine);
	assert_string_equal(record.cpus, sample.cpus);
	assert_true(record.time == sample.time && record.kernel_size == sample.kernel_size &&
		    record.initrd_size == 5 && record.verified_size == 6 &&
		    record.microseconds == 7);
	/* A second load replaces the first one. */
	record.initrd_size = 0;
	assert_int_equal(load_record_write(&record, &system->sysroot, false), 0);
	assert_int_equal(load_record_read(&record, &system->sysroot, false), 0);
	assert_true(record.initrd_size == 0);
	load_record_remove(&system->sysroot, true);
	assert_int_equal(load_record_read(&record, &system->sysroot, false), 0);
	load_record_remove(&system->sysroot, false);
	assert_int_equal(load_record_read(&record, &system->sysroot, false), -ENOENT);
	load_record_remove(&system->sysroot, false);
}

static void test_other_boot(void **state)
{
	const struct test_system *system = *state;
	struct load_record record;

	assert_int_equal(load_record_write(&sample, &system->sysroot, true), 0);
	test_sysroot_write_text(system->directory, BOOT_ID, "second\n");
	assert_int_equal(load_record_read(&record, &system->sysroot, true), -ESTALE);
}

static void test_damaged(void **state)
{
	static const char *const texts[] = {
		"",
		"boot=first\n",
		"boot=first\nprogram=p\ncall=c\n",
		"program=p\ncall=c\nkernel=k\n",
		"\n\n====\nboot\n",
	};
	const struct test_system *system = *state;
	struct load_record record;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		test_sysroot_write_text(system->directory, LOAD_RECORD_DIRECTORY "/loaded",
					texts[i]);
		assert_int_equal(load_record_read(&record, &system->sysroot, false), -EINVAL);
	}
	/* Of a later version: what is not known is no damage. */
	test_sysroot_write_text(system->directory, LOAD_RECORD_DIRECTORY "/loaded",
				"boot=first\nprogram=p\ncall=c\nkernel=k\nnew=1\n");
	assert_int_equal(load_record_read(&record, &system->sysroot, false), 0);
}

/* A link in its place is replaced, and not followed. */
static void test_link(void **state)
{
	const struct test_system *system = *state;
	struct load_record record;
	struct stat status;
	char *path;

	test_sysroot_link(system->directory, LOAD_RECORD_DIRECTORY "/.loaded.new", "../other");
	assert_int_equal(load_record_write(&sample, &system->sysroot, false), 0);
	assert_int_equal(load_record_read(&record, &system->sysroot, false), 0);
	assert_true(asprintf(&path, "%s/run/other", system->directory) > 0);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_size, 0);
	free(path);
}

/* Nowhere to write to: no record, and not that of a former load. */
static void test_unwritable(void **state)
{
	const struct test_system *system = *state;
	struct load_record record;

	test_sysroot_clear(system->directory, "/run");
	assert_int_equal(load_record_write(&sample, &system->sysroot, false), -ENOENT);
	assert_int_equal(load_record_read(&record, &system->sysroot, false), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_written, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_other_boot, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_damaged, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_link, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_unwritable, set_up, test_system_tear_down),
	};

	return test_status(cmocka_run_group_tests(tests, NULL, NULL));
}
