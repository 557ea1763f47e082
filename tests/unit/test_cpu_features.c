/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the running kernel uses of the CPU, by its auxiliary vector, /proc/cpuinfo and its release.
 */
#include "support.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "machine/cpu_features.h"

#define SME  (1 << PURGATORY_CPU_SME)
#define TCR2 (1 << PURGATORY_CPU_TCR2)

/* HWCAP2_SME, and what is beside it. */
#define HWCAP2_SME	   (UINT64_C(1) << 23)
#define HWCAP2_ALL_BUT_SME (~HWCAP2_SME)

static void test_features(void **state)
{
	static const struct {
		const char *cpuinfo, *release;
		bool has_vector;
		uint64_t capabilities;
		uint32_t features;
	} cases[] = {
		/* Nothing is known of a captured system: only what a release decides is in doubt.
		 */
		{NULL, NULL, false, 0, TCR2},
		{"Features\t: fp asimd sve2\n", "5.10.0-28-arm64\n", false, 0, 0},
		{"Features\t: fp asimd sme\n", "5.10.0-28-arm64\n", false, 0, SME},
		{"Features\t: fp sme asimd\r\n", "5.10.0-28-arm64\n", false, 0, SME},
		{"processor\t: 0\nFeatures\t: fp\n\nprocessor\t: 1\nFeatures\t: fp sme\n",
		 "5.10.1\n", false, 0, SME},
		/* A word alone, and on the right line. */
		{"Features\t: fp asimd sme2 smei16i64 nosme\n", "5.10.0\n", false, 0, 0},
		{"Features\t: fp\nName\t\t: sme\n", "5.10.0\n", false, 0, 0},
		/* The vector knows better, also what arm64.nosme switched off. */
		{"Features\t: fp asimd sme\n", "5.10.0\n", true, HWCAP2_ALL_BUT_SME, 0},
		{"Features\t: fp asimd\n", "5.10.0\n", true, HWCAP2_SME, SME},
		{NULL, "6.12.48+deb13-arm64\n", true, 0, TCR2},
		{NULL, "6.5.0\n", true, HWCAP2_SME, SME | TCR2},
		{NULL, "5.14.0-570.el9.aarch64\n", true, 0, TCR2},
		{NULL, "5.13.19-1.el9.aarch64\n", true, 0, 0},
		{NULL, "6.4.0-150600.23-default\n", true, 0, 0},
		{NULL, "6.1.0-42-arm64\n", true, 0, 0},
		{NULL, "5.14.21-150500.55-default\n", true, 0, 0},
		{NULL, "6.5.0-rc1\n", true, 0, TCR2},
		{NULL, "what is this\n", true, 0, TCR2},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const Elf64_auxv_t vector[] = {
			{.a_type = AT_HWCAP, .a_un = {UINT64_MAX}},
			{.a_type = AT_HWCAP2, .a_un = {cases[i].capabilities}},
			{.a_type = AT_NULL},
		};
		char *directory = test_directory_make();
		const struct sysroot sysroot = {.directory = directory};

		if (cases[i].cpuinfo)
			test_sysroot_write(directory, "/proc/cpuinfo", cases[i].cpuinfo,
					   strlen(cases[i].cpuinfo));
		if (cases[i].release)
			test_sysroot_write(directory, "/proc/sys/kernel/osrelease",
					   cases[i].release, strlen(cases[i].release));
		if (cases[i].has_vector)
			test_sysroot_write(directory, "/proc/self/auxv", vector, sizeof(vector));
		assert_int_equal(cpu_features_find(&arch_arm64, &sysroot), cases[i].features);
		/* No hart has any of these. */
		assert_int_equal(cpu_features_find(&arch_riscv64, &sysroot), 0);
		test_directory_remove(directory);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_features),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
