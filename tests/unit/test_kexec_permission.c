/* SPDX-License-Identifier: GPL-2.0-only */
/* What stands in the way of each call, found out without an attempt that counts. */
#include "support.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/kernel_release.h"
#include "fake_kexec.h"
#include "machine/kexec_interface.h"
#include "permit/kexec_permission.h"

#define STATUS	 "/proc/self/status"
#define DISABLED "/proc/sys/kernel/kexec_load_disabled"
#define REBOOT	 "/proc/sys/kernel/kexec_load_limit_reboot"
#define PANIC	 "/proc/sys/kernel/kexec_load_limit_panic"
#define LOCKDOWN "/sys/kernel/security/lockdown"

#define PRIVILEGED   "Name:\tx\nCapPrm:\t0000000000000000\nCapEff:\t0000000000400000\n"
#define UNPRIVILEGED "CapPrm:\t000001ffffffffff\nCapEff:\t000001ffffbfffff\n"

static int set_up(void **state)
{
	fake_kexec_reset();
	return test_system_set_up(state, sizeof(struct test_system));
}

/* What a call meets, found without one that counts. */
static void check(struct test_system *system, enum kexec_call call, bool crash, int error,
		  const char *message)
{
	const struct kexec_obstacle *obstacle =
		kexec_permission_find_obstacle(&system->sysroot, call, crash);

	assert_int_equal(fake_kexec.loads + fake_kexec.file_loads, 0);
	if (!message) {
		assert_null(obstacle);
		return;
	}
	assert_non_null(obstacle);
	assert_int_equal(kexec_permission_report_obstacle(obstacle, &system->log.log), error);
	test_log_expect(&system->log, message);
}

/*
 * Each step changes one file of a machine that permits loading, from the one before on, and says
 * what the calls meet then.
 */
static void test_obstacles(void **state)
{
	struct test_system *system = *state;
	static const char no_kexec[] = "the running kernel has no kexec",
			  no_crash[] = "the running kernel has no crash kernels",
			  root[] = "run as root (CAP_SYS_BOOT)", locked[] = "locked down",
			  disabled[] = "kexec_load_disabled forbids",
			  reboot[] = "kexec_load_limit_reboot is used up",
			  panic[] = "kexec_load_limit_panic is used up";
	static const struct {
		const char *path, *text;
		int error;
		const char *load, *file_load, *crash_load, *crash_file_load;
	} steps[] = {
		{STATUS, PRIVILEGED, -ENOSYS, no_kexec, no_kexec, no_kexec, no_kexec},
		{KEXEC_LOADED_FILE, "0\n", -ENOSYS, NULL, NULL, no_crash, no_crash},
		{KEXEC_CRASH_LOADED_FILE, "0\n", 0, NULL, NULL, NULL, NULL},
		{STATUS, UNPRIVILEGED, -EPERM, root, root, root, root},
		{STATUS, PRIVILEGED, 0, NULL, NULL, NULL, NULL},
		{DISABLED, "0\n", 0, NULL, NULL, NULL, NULL},
		{REBOOT, "-1\n", 0, NULL, NULL, NULL, NULL},
		{REBOOT, "1\n", 0, NULL, NULL, NULL, NULL},
		{PANIC, "0\n", -EPERM, NULL, NULL, panic, panic},
		{REBOOT, "0\n", -EPERM, reboot, reboot, panic, panic},
		{PANIC, "7\n", -EPERM, reboot, reboot, NULL, NULL},
		{REBOOT, "-1\n", 0, NULL, NULL, NULL, NULL},
		{LOCKDOWN, "[none] integrity confidentiality\n", 0, NULL, NULL, NULL, NULL},
		{LOCKDOWN, "none [integrity] confidentiality\n", -EPERM, locked, NULL, locked,
		 NULL},
		{LOCKDOWN, "none integrity [confidentiality]\n", -EPERM, locked, NULL, locked,
		 NULL},
		{DISABLED, "1\n", -EPERM, disabled, disabled, disabled, disabled},
	};

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		const int error = steps[i].error;

		test_sysroot_write_text(system->directory, steps[i].path, steps[i].text);
		check(system, KEXEC_CALL_LOAD, false, error, steps[i].load);
		check(system, KEXEC_CALL_FILE_LOAD, false, error, steps[i].file_load);
		check(system, KEXEC_CALL_LOAD, true, error, steps[i].crash_load);
		check(system, KEXEC_CALL_FILE_LOAD, true, error, steps[i].crash_file_load);
	}
}

/* Kernels with one of the calls, or none although they have kexec. */
static void test_missing_calls(void **state)
{
	struct test_system *system = *state;

	test_sysroot_write_text(system->directory, KEXEC_LOADED_FILE, "0\n");
	fake_kexec.has_load = false;
	check(system, KEXEC_CALL_LOAD, false, -ENOSYS, "boot one with CONFIG_KEXEC");
	check(system, KEXEC_CALL_FILE_LOAD, false, 0, NULL);
	fake_kexec.has_file_load = false;
	check(system, KEXEC_CALL_FILE_LOAD, false, -ENOSYS, "boot one with CONFIG_KEXEC_FILE");
	fake_kexec.has_load = true;
	check(system, KEXEC_CALL_LOAD, false, 0, NULL);
	assert_int_equal(fake_kexec.probes, 2);
}

/* Whoever had CAP_SYS_BOOT has it again afterwards. */
static void test_capability_comes_back(void **state)
{
	struct test_system *system = *state;
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct before[_LINUX_CAPABILITY_U32S_3] = {{0}};
	struct __user_cap_data_struct after[_LINUX_CAPABILITY_U32S_3] = {{0}};

	test_sysroot_write_text(system->directory, KEXEC_LOADED_FILE, "0\n");
	assert_int_equal(syscall(SYS_capget, &header, before), 0);
	if (!(before[CAP_TO_INDEX(CAP_SYS_BOOT)].effective & CAP_TO_MASK(CAP_SYS_BOOT)))
		skip();
	check(system, KEXEC_CALL_LOAD, false, 0, NULL);
	assert_int_equal(fake_kexec.probes, 1);
	assert_int_equal(syscall(SYS_capget, &header, after), 0);
	assert_memory_equal(before, after, sizeof(before));
}

static void test_release(void **state)
{
	(void)state;
	assert_int_equal(kernel_release_parse("6.12.107-generic"),
			 KERNEL_RELEASE_STABLE(6, 12, 107));
	assert_int_equal(kernel_release_parse("4.14.336"), KERNEL_RELEASE_STABLE(4, 14, 336));
	assert_int_equal(kernel_release_parse("6.1.0-42-arm64"), KERNEL_RELEASE(6, 1));
	assert_int_equal(kernel_release_parse("6.12.x"), KERNEL_RELEASE(6, 12));
	assert_int_equal(kernel_release_parse("6.12.70000"), KERNEL_RELEASE(6, 12));
	assert_int_equal(kernel_release_parse("6.8"), KERNEL_RELEASE(6, 8));
	assert_int_equal(kernel_release_parse("7.0-rc1"), KERNEL_RELEASE(7, 0));
	assert_true(kernel_release_parse("6.12.1") > kernel_release_parse("6.8.12"));
	assert_true(kernel_release_parse("6.12.78") > kernel_release_parse("6.12.9"));
	assert_true(kernel_release_parse("6.12.107") < KERNEL_RELEASE(6, 13));
	assert_int_equal(KERNEL_RELEASE_MAJOR(KERNEL_RELEASE_STABLE(6, 12, 107)), 6);
	assert_int_equal(KERNEL_RELEASE_MINOR(KERNEL_RELEASE_STABLE(6, 12, 107)), 12);
	assert_true(kernel_release_parse("10.0.0") > kernel_release_parse("6.17.0"));
	assert_int_equal(kernel_release_parse(""), 0);
	assert_int_equal(kernel_release_parse("6"), 0);
	assert_int_equal(kernel_release_parse("6.x"), 0);
	assert_int_equal(kernel_release_parse("-6.1"), 0);
	assert_int_equal(kernel_release_parse("66000.1"), 0);
	assert_true(kernel_release_running() > KERNEL_RELEASE(2, 6));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* First, while nobody can have lost it. */
		cmocka_unit_test_setup_teardown(test_capability_comes_back, set_up,
						test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_obstacles, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_missing_calls, set_up, test_system_tear_down),
		cmocka_unit_test(test_release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
