/* SPDX-License-Identifier: GPL-2.0-only */
/* Bugs of released kernels: which ones are recognised, and in which kernels. */
#include "support.h"

#include <errno.h>
#include <string.h>

#include "base/kernel_release.h"
#include "machine/linear_map.h"
#include "permit/kernel_quirks.h"

/* copy_p4d() with five levels of tables. */
static void test_five_levels(void **state)
{
	(void)state;
	static const struct {
		const struct arch *arch;
		const char *release;
		uint64_t page_size;
		unsigned int virtual_bits;
		bool has_bug;
	} cases[] = {
		{&arch_arm64, "6.12.117+deb13-arm64", 4096, 52, true},
		{&arch_arm64, "6.9.0", 4096, 52, true},
		{&arch_arm64, "6.13.12", 4096, 52, true},
		/* arm64.nolva, and CPUs without LPA2 */
		{&arch_arm64, "6.12.117+deb13-arm64", 4096, 48, false},
		/* other granules need no fifth level */
		{&arch_arm64, "6.12.117+deb13-arm64-16k", 16384, 52, false},
		{&arch_arm64, "6.12.117", 65536, 52, false},
		{&arch_arm64, "6.8.12", 4096, 52, false},
		{&arch_arm64, "6.14.0", 4096, 52, false},
		{&arch_arm64, "6.15.11-generic", 4096, 52, false},
		{&arch_arm64, "6.16.12+deb13-arm64", 4096, 52, false},
		{&arch_arm64, "7.2.13+deb14-arm64", 4096, 52, false},
		/* what is unknown */
		{&arch_arm64, "unknown", 4096, 52, false},
		{&arch_arm64, "6.12.117+deb13-arm64", 4096, 0, false},
		{&arch_riscv64, "6.12.117+deb13-riscv64", 4096, 52, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct kernel_traits traits = {
			.arch = cases[i].arch,
			.release = kernel_release_parse(cases[i].release),
			.page_size = cases[i].page_size,
			.virtual_bits = cases[i].virtual_bits,
		};
		const struct kexec_obstacle *obstacle = kernel_quirks_find(&traits);

		if (!cases[i].has_bug) {
			assert_null(obstacle);
			continue;
		}
		assert_non_null(obstacle);
		assert_int_equal(obstacle->error, -EOPNOTSUPP);
		assert_non_null(strstr(obstacle->remedy, "arm64.nolva"));
	}
}

/* Read-only pages in the copy of the linear map. */
static void test_read_only_code(void **state)
{
	(void)state;
	static const struct {
		const struct arch *arch;
		const char *release;
		bool avoided;
	} cases[] = {
		/* the first and the last with it of each stable series, and their neighbours */
		{&arch_arm64, "6.1.157", false},
		{&arch_arm64, "6.1.158", true},
		{&arch_arm64, "6.1.166", true},
		{&arch_arm64, "6.1.167", false},
		{&arch_arm64, "6.6.114", false},
		{&arch_arm64, "6.6.115", true},
		{&arch_arm64, "6.6.129", true},
		{&arch_arm64, "6.6.130-v8+", false},
		{&arch_arm64, "6.12.47+rpt-rpi-v8", false},
		{&arch_arm64, "6.12.55", false},
		{&arch_arm64, "6.12.56", true},
		{&arch_arm64, "6.12.57+deb13-arm64", true},
		{&arch_arm64, "6.12.73+deb13-arm64", true},
		{&arch_arm64, "6.12.77", true},
		{&arch_arm64, "6.12.78", false},
		{&arch_arm64, "6.12.117+deb13-arm64", false},
		{&arch_arm64, "6.17.5", false},
		{&arch_arm64, "6.17.6", true},
		{&arch_arm64, "6.17.13", true},
		{&arch_arm64, "6.18.0", true},
		{&arch_arm64, "6.18.18", true},
		{&arch_arm64, "6.18.19", false},
		{&arch_arm64, "6.19.0", true},
		{&arch_arm64, "6.19.8", true},
		{&arch_arm64, "6.19.9", false},
		{&arch_arm64, "7.0.0", false},
		{&arch_arm64, "7.2.13+deb14-arm64", false},
		/* before the MMU was on at the jump */
		{&arch_arm64, "5.10.0-39-arm64", false},
		{&arch_arm64, "5.15.196", false},
		/* vendors' */
		{&arch_arm64, "5.14.0-611.el9.aarch64", true},
		{&arch_arm64, "6.1.0-42-arm64", true},
		{&arch_arm64, "6.4.0-150700.53-default", true},
		{&arch_arm64, "6.8.0-90-generic", true},
		{&arch_arm64, "6.12.0-124.el10.aarch64", true},
		{&arch_arm64, "6.17.0-8-generic", true},
		{&arch_arm64, "unknown", true},
		{&arch_riscv64, "6.12.73+deb13-riscv64", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct kernel_traits traits = {
			.arch = cases[i].arch,
			.release = kernel_release_parse(cases[i].release),
		};
		const char *warning = kernel_quirks_find_code(&traits);

		if (!warning != !cases[i].avoided)
			fail_msg("%s", cases[i].release);
		if (warning)
			assert_non_null(strstr(warning, "6.12.78"));
	}
}

/* The same where the kernel chooses the places: only what is known to have the bug. */
static void test_file_code(void **state)
{
	(void)state;
	static const struct {
		const struct arch *arch;
		const char *release;
		bool has_bug;
	} cases[] = {
		{&arch_arm64, "6.1.157", false},
		{&arch_arm64, "6.1.158", true},
		{&arch_arm64, "6.1.166", true},
		{&arch_arm64, "6.1.167", false},
		{&arch_arm64, "6.6.114", false},
		{&arch_arm64, "6.6.115", true},
		{&arch_arm64, "6.6.129", true},
		{&arch_arm64, "6.6.130", false},
		{&arch_arm64, "6.12.55", false},
		{&arch_arm64, "6.12.56", true},
		{&arch_arm64, "6.12.77+rpt-rpi-v8", true},
		{&arch_arm64, "6.12.78", false},
		{&arch_arm64, "6.17.5", false},
		{&arch_arm64, "6.17.6", true},
		{&arch_arm64, "6.17.13", true},
		{&arch_arm64, "6.18.1", true},
		{&arch_arm64, "6.18.18", true},
		{&arch_arm64, "6.18.19", false},
		{&arch_arm64, "6.19.8", true},
		{&arch_arm64, "6.19.9", false},
		{&arch_arm64, "7.0.0", false},
		/* of these nobody knows */
		{&arch_arm64, "6.12.0-124.el10.aarch64", false},
		{&arch_arm64, "6.17.0-8-generic", false},
		{&arch_arm64, "6.18.0", false},
		{&arch_arm64, "unknown", false},
		{&arch_riscv64, "6.12.73", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct kernel_traits traits = {
			.arch = cases[i].arch,
			.release = kernel_release_parse(cases[i].release),
		};
		const char *warning = kernel_quirks_find_file_code(&traits);

		if (!warning != !cases[i].has_bug)
			fail_msg("%s", cases[i].release);
		assert_true(!warning || kernel_quirks_find_code(&traits));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read_only_code),
		cmocka_unit_test(test_file_code),
		cmocka_unit_test(test_five_levels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
