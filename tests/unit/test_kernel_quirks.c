/* SPDX-License-Identifier: GPL-2.0-only */
/* Bugs of released kernels: which ones are recognised, and in which kernels. */
#include "support.h"

#include <errno.h>
#include <string.h>

#include "base/kernel_release.h"
#include "machine/kernel_quirks.h"
#include "machine/linear_map.h"

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
		{&arch_arm64, "6.15.11-generic", 4096, 52, true},
		/* arm64.nolva, and CPUs without LPA2 */
		{&arch_arm64, "6.12.117+deb13-arm64", 4096, 48, false},
		/* other granules need no fifth level */
		{&arch_arm64, "6.12.117+deb13-arm64-16k", 16384, 52, false},
		{&arch_arm64, "6.12.117", 65536, 52, false},
		{&arch_arm64, "6.8.12", 4096, 52, false},
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_five_levels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
