/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entering the loaded kernel, as far as it fails: this program is linked with --wrap=reboot, and
 * what stands in its place fails as told.
 */
#include "support.h"

#include <errno.h>
#include <linux/reboot.h>
#include <sys/reboot.h>

#include "load/reboot.h"

/* The last call, and how it ends. A linker's replacement has no other way. */
static struct {
	int error;
	int command;
} call;

int __wrap_reboot(int command);

int __wrap_reboot(int command)
{
	call.command = command;
	/* What an earlier call has left there must not be taken for this one's. */
	errno = call.error ? call.error : ENOENT;
	return call.error ? -1 : 0;
}

static void test_failures(void **state)
{
	static const struct {
		int error, result;
		const char *message;
	} cases[] = {
		{0, -EIO, "cannot execute: the running kernel did not enter the loaded one"},
		{EINVAL, -EINVAL, "cannot execute: no kernel is loaded: use -l first"},
		{EPERM, -EPERM, "cannot execute: not permitted: run as root"},
		{EBUSY, -EBUSY, "cannot execute: a load or a kexec is under way"},
		{ENOMEM, -ENOMEM, "cannot execute: Cannot allocate memory"},
	};
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		call.error = cases[i].error;
		call.command = 0;
		assert_int_equal(reboot_kexec(&log.log), cases[i].result);
		assert_int_equal(call.command, (int)LINUX_REBOOT_CMD_KEXEC);
		test_log_expect(&log, cases[i].message);
	}
	test_log_close(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
