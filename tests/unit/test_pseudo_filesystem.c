/* SPDX-License-Identifier: GPL-2.0-only */
/* Files of file systems that are mounted, and of those that are not. */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "permit/pseudo_filesystem.h"

/* Nothing is ever mounted there. */
#define NOWHERE "/nothing is mounted here"

static int set_up(void **state)
{
	return test_system_set_up(state, sizeof(struct test_system));
}

static int open_running(const char *type, const char *name, int flags)
{
	const struct pseudo_filesystem filesystem = {type, NOWHERE};
	const struct sysroot running = {.directory = ""};

	return pseudo_filesystem_open(&filesystem, &running, name, flags);
}

static void test_mounted(void **state)
{
	struct test_system *system = *state;
	char text[5] = "";
	int descriptor;

	test_sysroot_write(system->directory, "/sys/kernel/security/lockdown", "none", 4);
	descriptor = pseudo_filesystem_open(&pseudo_securityfs, &system->sysroot, "lockdown", 0);
	assert_true(descriptor >= 0);
	assert_int_equal(read(descriptor, text, 4), 4);
	assert_string_equal(text, "none");
	close(descriptor);
}

/* What a captured system lacks is not looked up in the running one. */
static void test_captured(void **state)
{
	struct test_system *system = *state;
	const struct pseudo_filesystem filesystem = {"tmpfs", NOWHERE};

	assert_int_equal(pseudo_filesystem_open(&filesystem, &system->sysroot, ".", O_PATH),
			 -ENOENT);
}

static unsigned int count_mounts(void)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "r");
	unsigned int count = 0;

	assert_non_null(mounts);
	for (int byte = getc(mounts); byte != EOF; byte = getc(mounts))
		count += byte == '\n';
	fclose(mounts);
	return count;
}

/* Only root may mount, and not in every container. */
static void test_unmounted(void **state)
{
	const unsigned int mounts = count_mounts();
	const int descriptor = open_running("tmpfs", ".", O_PATH | O_DIRECTORY);
	struct stat status;

	(void)state;
	if (descriptor < 0) {
		assert_true(descriptor == -EPERM || descriptor == -ENOSYS);
		skip();
	}
	assert_int_equal(fstat(descriptor, &status), 0);
	assert_true(S_ISDIR(status.st_mode));
	assert_int_equal(fcntl(descriptor, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	/* It is mounted for nobody else. */
	assert_int_equal(count_mounts(), mounts);
	close(descriptor);
	assert_int_equal(open_running("tmpfs", "missing", 0), -ENOENT);
	assert_int_equal(open_running("no such file system", "missing", 0), -ENODEV);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_mounted, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_captured, set_up, test_system_tear_down),
		cmocka_unit_test(test_unmounted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
