/* SPDX-License-Identifier: GPL-2.0-only */
/* What speaks against an Image that kexec made, found before a call could fail. */
#include "support.h"

#include <string.h>

#include "machine/kexec_interface.h"
#include "permit/wrap_permission.h"

#define RELEASE	    "/proc/sys/kernel/osrelease"
#define LOCKDOWN    "/sys/kernel/security/lockdown"
#define POLICY	    "/sys/kernel/security/ima/policy"
#define IMA_COUNT   "/sys/kernel/security/ima/runtime_measurements_count"
#define LOADPIN	    "/proc/sys/kernel/loadpin/enforce"
#define PANIC	    "/proc/sys/kernel/kexec_load_limit_panic"
#define KEYS	    "/sys/kernel/config/crash_dm_crypt_keys/count"
#define SECURE_BOOT "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

#define APPRAISE "appraise func=KEXEC_KERNEL_CHECK appraise_type=imasig\n"
#define MEASURE	 "measure func=KEXEC_KERNEL_CHECK\n"

static const struct {
	const char *path, *content;
	const char *reason; /* a part of it; NULL: nothing speaks against it */
} cases[] = {
	{RELEASE, "5.4.290\n", "before Linux 5.6"},
	{RELEASE, "5.5.0\n", "before Linux 5.6"},
	{RELEASE, "5.6.0\n", NULL},
	{RELEASE, "5.14.0-503.el9.aarch64\n", NULL},
	{RELEASE, "7.2.1\n", NULL},
	{LOCKDOWN, "[none] integrity confidentiality\n", NULL},
	{LOCKDOWN, "none [integrity] confidentiality\n", "locked down"},
	{LOCKDOWN, "none integrity [confidentiality]\n", "locked down"},
	{POLICY, MEASURE, NULL},
	{POLICY, "appraise func=MODULE_CHECK appraise_type=imasig\n", NULL},
	{POLICY, "dont_appraise func=KEXEC_KERNEL_CHECK\n", NULL},
	{POLICY, APPRAISE, "IMA's policy"},
	{POLICY, MEASURE APPRAISE, "IMA's policy"},
	{LOADPIN, "0\n", NULL},
	{LOADPIN, "1\n", "LoadPin"},
	{PANIC, "-1\n", NULL},
	{PANIC, "3\n", NULL},
	{PANIC, "2\n", "kexec_load_limit_panic"},
	{PANIC, "1\n", "kexec_load_limit_panic"},
	{KEYS, "0\n", NULL},
	{KEYS, "1\n", "dm-crypt"},
	{KEYS, "12\n", "dm-crypt"},
	{KEXEC_ELFCOREHDR_SIZE_FILE, "65536\n", "up to date"},
};

static void expect(const char *reason, const char *part)
{
	if (!part)
		assert_null(reason);
	else if (!reason || !strstr(reason, part))
		fail_msg("'%s' has no '%s'", reason ? reason : "nothing", part);
}

static void test_signs(void **state)
{
	struct test_system *system = *state;

	expect(wrap_permission_find_obstacle(&system->sysroot, &arch_arm64), NULL);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		test_sysroot_write_text(system->directory, cases[i].path, cases[i].content);
		expect(wrap_permission_find_obstacle(&system->sysroot, &arch_arm64),
		       cases[i].reason);
		test_sysroot_remove(system->directory, cases[i].path);
	}
}

/* IMA may follow Secure Boot: both must be there. */
static void test_secure_boot(void **state)
{
	struct test_system *system = *state;

	test_sysroot_write(system->directory, SECURE_BOOT, "\6\0\0\0\1", 5);
	expect(wrap_permission_find_obstacle(&system->sysroot, &arch_arm64), NULL);
	test_sysroot_write_text(system->directory, IMA_COUNT, "1\n");
	expect(wrap_permission_find_obstacle(&system->sysroot, &arch_arm64), "Secure Boot");
	test_sysroot_write(system->directory, SECURE_BOOT, "\6\0\0\0\0", 5);
	expect(wrap_permission_find_obstacle(&system->sysroot, &arch_arm64), NULL);
	test_sysroot_write(system->directory, SECURE_BOOT, "\6\0\0\0", 4);
	expect(wrap_permission_find_obstacle(&system->sysroot, &arch_arm64), NULL);
}

/* The kernel's own purgatory runs there. */
static void test_arch(void **state)
{
	struct test_system *system = *state;

	expect(wrap_permission_find_obstacle(&system->sysroot, &arch_riscv64), "purgatory");
}

static int set_up(void **state)
{
	return test_system_set_up(state, sizeof(struct test_system));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_signs, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_secure_boot, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_arch, set_up, test_system_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
