/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kexec_load(2) without calling it: this program is linked with --wrap=syscall, and what stands in
 * its place records the arguments and fails as told.
 */
#include "support.h"

#include <errno.h>
#include <linux/kexec.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "machine/kexec_syscall.h"

static const struct arch arch_test = {.name = "test", .kexec_flag = KEXEC_ARCH_AARCH64};

/* The last call, and the errno that it ends with. A linker's replacement has no other way. */
static struct {
	int error;
	unsigned int count;
	long number;
	unsigned long entry, segment_count, flags;
	const struct kexec_segment *address;
	struct kexec_segment segments[PLAN_SEGMENT_MAX];
} call;

long __wrap_syscall(long number, ...);

long __wrap_syscall(long number, ...)
{
	va_list arguments;

	va_start(arguments, number);
	call.count++;
	call.number = number;
	call.entry = va_arg(arguments, unsigned long);
	call.segment_count = va_arg(arguments, unsigned long);
	call.address = va_arg(arguments, const struct kexec_segment *);
	call.flags = va_arg(arguments, unsigned long);
	va_end(arguments);
	if (call.segment_count)
		memcpy(call.segments, call.address, call.segment_count * sizeof(*call.segments));
	errno = call.error;
	return call.error ? -1 : 0;
}

struct fixture {
	struct test_log log;
	char *directory;
	struct sysroot sysroot;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	test_log_open(&fixture->log);
	fixture->directory = test_directory_make();
	fixture->sysroot.directory = fixture->directory;
	memset(&call, 0, sizeof(call));
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	test_directory_remove(fixture->directory);
	test_log_close(&fixture->log);
	free(fixture);
	return 0;
}

static void write_text(const struct fixture *fixture, const char *path, const char *text)
{
	test_sysroot_write(fixture->directory, path, text, strlen(text));
}

static void test_load(void **state)
{
	struct fixture *fixture = *state;
	static const char data[3] = "abc";
	const struct plan plan = {
		.segments =
			{{.role = SEGMENT_KERNEL,
			  .address = 0x123456000,
			  .data = data,
			  .size = 3,
			  .memory_size = 8192},
			 {.address = 0x200000, .data = data + 1, .size = 2, .memory_size = 4096}},
		.segment_count = 2,
		.entry = 0x123456040,
	};

	assert_int_equal(kexec_load_plan(&plan, &arch_test, KEXEC_ON_CRASH, &fixture->log.log), 0);
	assert_int_equal(call.count, 1);
	assert_int_equal(call.number, SYS_kexec_load);
	assert_int_equal(call.entry, 0x123456040);
	assert_int_equal(call.segment_count, 2);
	assert_int_equal(call.flags, KEXEC_ON_CRASH | KEXEC_ARCH_AARCH64);
	assert_ptr_equal(call.segments[0].buf, data);
	assert_int_equal(call.segments[0].bufsz, 3);
	assert_int_equal((uintptr_t)call.segments[0].mem, 0x123456000);
	assert_int_equal(call.segments[0].memsz, 8192);
	assert_ptr_equal(call.segments[1].buf, data + 1);
	assert_int_equal((uintptr_t)call.segments[1].mem, 0x200000);
	test_log_expect_nothing(&fixture->log);
}

static void test_load_fails(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		int error;
		const char *message;
	} cases[] = {
		{EPERM, "cannot load: not permitted: run as root"},
		{EBUSY, "cannot load: another load is under way: try again"},
		{EINVAL, "cannot load: the running kernel refuses the segments"},
		{EADDRNOTAVAIL, "cannot load: a segment lies at an address"},
		{ENOMEM, "cannot load: not enough free memory"},
		{ENOSYS, "it needs CONFIG_KEXEC"},
		{EFAULT, "cannot load: Bad address"},
	};
	const struct plan plan = {.segment_count = 0};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		call.error = cases[i].error;
		assert_int_equal(kexec_load_plan(&plan, &arch_test, 0, &fixture->log.log),
				 -cases[i].error);
		test_log_expect(&fixture->log, cases[i].message);
	}
}

static void test_unload(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(kexec_unload(0, &fixture->log.log), 0);
	assert_int_equal(call.segment_count, 0);
	assert_null(call.address);
	assert_int_equal(call.flags, 0);
	test_log_expect_nothing(&fixture->log);
	call.error = EPERM;
	assert_int_equal(kexec_unload(0, &fixture->log.log), -EPERM);
	test_log_expect(&fixture->log, "cannot unload: not permitted");
}

static void test_is_loaded(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(kexec_is_loaded(&fixture->sysroot, false, &fixture->log.log), -ENOSYS);
	test_log_expect(&fixture->log, "it needs CONFIG_KEXEC");
	assert_int_equal(kexec_is_loaded(&fixture->sysroot, true, &fixture->log.log), -ENOSYS);
	test_log_expect(&fixture->log, "it needs CONFIG_CRASH_DUMP");
	write_text(fixture, "/sys/kernel/kexec_loaded", "1\n");
	write_text(fixture, "/sys/kernel/kexec_crash_loaded", "0\n");
	assert_int_equal(kexec_is_loaded(&fixture->sysroot, false, &fixture->log.log), 1);
	assert_int_equal(kexec_is_loaded(&fixture->sysroot, true, &fixture->log.log), 0);
	test_log_expect_nothing(&fixture->log);
	write_text(fixture, "/sys/kernel/kexec_loaded", "");
	assert_int_equal(kexec_is_loaded(&fixture->sysroot, false, &fixture->log.log), -EINVAL);
	test_log_expect(&fixture->log, "cannot read /sys/kernel/kexec_loaded");
}

#define LOADED	   "/sys/kernel/kexec_loaded"
#define CRASH	   "/sys/kernel/kexec_crash_loaded"
#define STATUS	   "/proc/self/status"
#define DISABLED   "/proc/sys/kernel/kexec_load_disabled"
#define LIMIT	   "/proc/sys/kernel/kexec_load_limit_reboot"
#define LOCKDOWN   "/sys/kernel/security/lockdown"
#define PRIVILEGED "Name:\tx\nCapPrm:\t0000000000000000\nCapEff:\t0000000000400000\n"

/* Each step changes one file of a machine that permits loading, from the one before on. */
static void test_permitted(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		const char *path, *text;
		int error;
		const char *message;
	} steps[] = {
		{CRASH, "0\n", -ENOSYS, "the running kernel has no kexec"},
		{LOADED, "0\n", 0, NULL},
		{STATUS, "CapPrm:\t000001ffffffffff\nCapEff:\t000001ffffbfffff\n", -EPERM,
		 "run as root (CAP_SYS_BOOT)"},
		{STATUS, PRIVILEGED, 0, NULL},
		{DISABLED, "0\n", 0, NULL},
		{LIMIT, "-1\n", 0, NULL},
		{LIMIT, "1\n", 0, NULL},
		{LOCKDOWN, "[none] integrity confidentiality\n", 0, NULL},
		{LOCKDOWN, "none [integrity] confidentiality\n", -EPERM, "locked down"},
		{LOCKDOWN, "none integrity [confidentiality]\n", -EPERM, "locked down"},
		{LIMIT, "0\n", -EPERM, "kexec_load_limit_reboot is used up"},
		{DISABLED, "1\n", -EPERM, "kexec_load_disabled forbids"},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		write_text(fixture, steps[i].path, steps[i].text);
		assert_int_equal(kexec_check_permitted(&fixture->sysroot, &fixture->log.log),
				 steps[i].error);
		if (steps[i].message)
			test_log_expect(&fixture->log, steps[i].message);
		else
			test_log_expect_nothing(&fixture->log);
	}
	assert_int_equal(call.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_load, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_load_fails, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unload, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_is_loaded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_permitted, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
