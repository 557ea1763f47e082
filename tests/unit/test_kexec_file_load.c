/* SPDX-License-Identifier: GPL-2.0-only */
/* kexec_file_load(2): what it is called with, and what is said of its failures. */
#include "support.h"

#include <errno.h>
#include <string.h>

#include "base/kernel_release.h"
#include "fake_kexec.h"
#include "load/kexec_file_load.h"
#include "machine/kexec_interface.h"

static int set_up(void **state)
{
	fake_kexec_reset();
	return test_system_set_up(state, sizeof(struct test_system));
}

/* Flags by request and release: what a kernel does not know would cost the attempt. */
static void test_flags(void **state)
{
	struct test_system *system = *state;
	static const struct {
		struct kexec_file_request request;
		unsigned long flags;
	} cases[] = {
		{{.initrd = 5}, 0},
		{{.initrd = -1}, KEXEC_FILE_NO_INITRAMFS},
		{{.initrd = 5, .crash = true}, KEXEC_FILE_ON_CRASH},
		{{.initrd = 5, .debug = true, .release = KERNEL_RELEASE(6, 7)}, 0},
		{{.initrd = 5, .debug = true, .release = KERNEL_RELEASE(6, 8)}, KEXEC_FILE_DEBUG},
		{{.initrd = 5, .debug = true, .release = 0}, 0},
		{{.initrd = 5, .no_cma = true, .release = KERNEL_RELEASE(6, 16)}, 0},
		{{.initrd = 5, .no_cma = true, .release = KERNEL_RELEASE(6, 17)},
		 KEXEC_FILE_NO_CMA},
		{{.initrd = -1,
		  .crash = true,
		  .debug = true,
		  .no_cma = true,
		  .release = KERNEL_RELEASE(7, 0)},
		 KEXEC_FILE_ON_CRASH | KEXEC_FILE_NO_INITRAMFS | KEXEC_FILE_DEBUG |
			 KEXEC_FILE_NO_CMA},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(kexec_file_load_request(&cases[i].request, &system->log.log), 0);
		assert_int_equal(fake_kexec.flags, cases[i].flags);
	}
	assert_int_equal(fake_kexec.file_loads, ARRAY_SIZE(cases));
	test_log_expect_nothing(&system->log);
}

static void test_arguments(void **state)
{
	struct test_system *system = *state;
	struct kexec_file_request request = {.kernel = 3, .initrd = 5, .command_line = "a b"};

	assert_int_equal(kexec_file_load_request(&request, &system->log.log), 0);
	assert_int_equal(fake_kexec.kernel, 3);
	assert_int_equal(fake_kexec.initrd, 5);
	assert_string_equal(fake_kexec.command_line, "a b");
	assert_int_equal(fake_kexec.command_line_size, sizeof("a b"));
	request.command_line = NULL;
	assert_int_equal(kexec_file_load_request(&request, &system->log.log), 0);
	assert_null(fake_kexec.command_line);
	assert_int_equal(fake_kexec.command_line_size, 0);
}

static void test_failures(void **state)
{
	struct test_system *system = *state;
	const struct kexec_file_request request = {.kernel = 3, .initrd = -1};
	static const struct {
		int error;
		const char *message;
	} cases[] = {
		{EPERM, "cannot load: not permitted: run as root (CAP_SYS_BOOT)"},
		{EACCES, "integrity policy (IMA) does not accept"},
		{EKEYREJECTED, "signature is not valid"},
		{ENOKEY, "does not trust the key"},
		{ENODATA, "has no signature"},
		{EBADMSG, "signature is damaged"},
		{ELIBBAD, "signature is damaged"},
		{ENOPKG, "does not know the algorithm"},
		{ENOEXEC, "does not know the kernel file's format"},
		{EINVAL, "does not accept the kernel file or the command line"},
		{EADDRNOTAVAIL, "larger crashkernel="},
		{ENOMEM, "not enough free memory"},
		{EFBIG, "is larger than the running kernel loads"},
		{ETXTBSY, "open for writing"},
		{EBUSY, "another load is under way: try again"},
		{ENOSYS, "it needs CONFIG_KEXEC_FILE"},
		{EIO, "cannot load: Input/output error"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		fake_kexec.error = cases[i].error;
		assert_int_equal(kexec_file_load_request(&request, &system->log.log),
				 -cases[i].error);
		test_log_expect(&system->log, cases[i].message);
	}
}

/* Where the other call is not possible it is not advised. */
static void test_advice(void **state)
{
	struct test_system *system = *state;
	static const struct kexec_obstacle obstacle = {-EPERM, "lockdown forbids it", "unlock it"};
	const struct kexec_file_request alone = {
		.kernel = 3, .initrd = -1, .load_obstacle = &obstacle};
	const struct kexec_file_request request = {.kernel = 3, .initrd = -1};
	static const int errors[] = {ENOEXEC, EINVAL};

	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		fake_kexec.error = errors[i];
		kexec_file_load_request(&request, &system->log.log);
		test_log_expect(&system->log, ", or load it with --kexec-syscall\n");
		kexec_file_load_request(&alone, &system->log.log);
		test_log_expect(&system->log, " (lockdown forbids it)\n");
	}
	fake_kexec.error = ENOMEM;
	kexec_file_load_request(&request, &system->log.log);
	test_log_expect(&system->log, "or use a smaller initrd\n");
}

static void test_unload(void **state)
{
	struct test_system *system = *state;

	assert_int_equal(kexec_file_load_unload(false, &system->log.log), 0);
	assert_int_equal(fake_kexec.flags, KEXEC_FILE_UNLOAD);
	assert_int_equal(kexec_file_load_unload(true, &system->log.log), 0);
	assert_int_equal(fake_kexec.flags, KEXEC_FILE_UNLOAD | KEXEC_FILE_ON_CRASH);
	test_log_expect_nothing(&system->log);
	fake_kexec.error = EPERM;
	assert_int_equal(kexec_file_load_unload(true, &system->log.log), -EPERM);
	test_log_expect(&system->log, "cannot unload: not permitted");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_flags, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_arguments, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_failures, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_advice, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_unload, set_up, test_system_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
