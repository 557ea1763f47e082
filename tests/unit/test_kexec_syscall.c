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

#include "load/kexec_syscall.h"

static const struct arch arch_test = {.name = "test", .kexec_flag = KEXEC_ARCH_AARCH64};

/* The last call, and the errno that it ends with. A linker's replacement has no other way. */
static struct {
	int error;
	unsigned int count;
	unsigned long entry, segment_count, flags;
	const struct kexec_segment *address;
	struct kexec_segment segments[PLAN_SEGMENT_MAX];
} call;

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

long __wrap_syscall(long number, ...)
{
	va_list list;
	long arguments[4];
	size_t i;

	va_start(list, number);
	for (i = 0; i < ARRAY_SIZE(arguments); i++)
		arguments[i] = va_arg(list, long);
	va_end(list);
	/* Reading the system calls openat2(). */
	if (number != SYS_kexec_load)
		return __real_syscall(number, arguments[0], arguments[1], arguments[2],
				      arguments[3]);
	call.count++;
	call.entry = (unsigned long)arguments[0];
	call.segment_count = (unsigned long)arguments[1];
	call.address = (const struct kexec_segment *)arguments[2];
	call.flags = (unsigned long)arguments[3];
	if (call.segment_count)
		memcpy(call.segments, call.address, call.segment_count * sizeof(*call.segments));
	errno = call.error;
	return call.error ? -1 : 0;
}

static int set_up(void **state)
{
	memset(&call, 0, sizeof(call));
	return test_system_set_up(state, sizeof(struct test_system));
}

static void test_load(void **state)
{
	struct test_system *system = *state;
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
	bool lost = true;

	assert_int_equal(kexec_syscall_load(&plan, &arch_test, KEXEC_ON_CRASH, &lost), 0);
	assert_false(lost);
	assert_int_equal(call.count, 1);
	assert_int_equal(call.entry, 0x123456040);
	assert_int_equal(call.segment_count, 2);
	assert_int_equal(call.flags, KEXEC_ON_CRASH | KEXEC_ARCH_AARCH64);
	assert_ptr_equal(call.segments[0].buf, data);
	assert_int_equal(call.segments[0].bufsz, 3);
	assert_int_equal((uintptr_t)call.segments[0].mem, 0x123456000);
	assert_int_equal(call.segments[0].memsz, 8192);
	assert_ptr_equal(call.segments[1].buf, data + 1);
	assert_int_equal((uintptr_t)call.segments[1].mem, 0x200000);
	test_log_expect_nothing(&system->log);
}

static void test_load_fails(void **state)
{
	struct test_system *system = *state;
	static const struct {
		int error;
		const char *message;
	} cases[] = {
		{EPERM, "cannot load: not permitted: run as root"},
		{EACCES, "cannot load: the kernel's integrity policy (IMA) or a security module "
			 "forbids kexec_load: what helps\n"},
		{EBUSY, "cannot load: another load is under way: try again"},
		{EINVAL, "cannot load: the running kernel refuses the segments"},
		{EADDRNOTAVAIL, "cannot load: a segment lies at an address"},
		{ENOMEM, "cannot load: not enough free memory"},
		{ENOSYS, "it needs CONFIG_KEXEC"},
		{EFAULT, "cannot load: a file that is loaded shrank"},
		{ENOEXEC, "cannot load: Exec format error"},
	};
	const struct plan plan = {.segment_count = 0};
	bool lost;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		call.error = cases[i].error;
		assert_int_equal(kexec_syscall_load(&plan, &arch_test, 0, &lost), -cases[i].error);
		assert_false(lost);
		test_log_expect_nothing(&system->log);
		assert_int_equal(kexec_syscall_report_load(-cases[i].error, ": what helps", lost,
							   &arch_test, 0, &system->log.log),
				 -cases[i].error);
		test_log_expect(&system->log, cases[i].message);
	}
}

static void test_unload(void **state)
{
	struct test_system *system = *state;

	assert_int_equal(kexec_syscall_unload(0), 0);
	assert_int_equal(call.segment_count, 0);
	assert_null(call.address);
	assert_int_equal(call.flags, 0);
	test_log_expect_nothing(&system->log);
	call.error = EPERM;
	assert_int_equal(kexec_syscall_unload(0), -EPERM);
	test_log_expect_nothing(&system->log);
	assert_int_equal(kexec_syscall_report_unload(-EPERM, "", &system->log.log), -EPERM);
	test_log_expect(&system->log, "cannot unload: not permitted");
}

static void test_is_loaded(void **state)
{
	struct test_system *system = *state;

	assert_int_equal(kexec_syscall_is_loaded(&system->sysroot, false, &system->log.log),
			 -ENOSYS);
	test_log_expect(&system->log, "it needs CONFIG_KEXEC");
	assert_int_equal(kexec_syscall_is_loaded(&system->sysroot, true, &system->log.log),
			 -ENOSYS);
	test_log_expect(&system->log, "it needs CONFIG_CRASH_DUMP");
	test_sysroot_write_text(system->directory, "/sys/kernel/kexec_loaded", "1\n");
	test_sysroot_write_text(system->directory, "/sys/kernel/kexec_crash_loaded", "0\n");
	assert_int_equal(kexec_syscall_is_loaded(&system->sysroot, false, &system->log.log), 1);
	assert_int_equal(kexec_syscall_is_loaded(&system->sysroot, true, &system->log.log), 0);
	test_log_expect_nothing(&system->log);
	test_sysroot_write_text(system->directory, "/sys/kernel/kexec_loaded", "");
	assert_int_equal(kexec_syscall_is_loaded(&system->sysroot, false, &system->log.log),
			 -EINVAL);
	test_log_expect(&system->log, "cannot read /sys/kernel/kexec_loaded");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_load, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_load_fails, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_unload, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_is_loaded, set_up, test_system_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
