/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which counters limit purgatory's time.
 */
#include "support.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/counter.h"

#define A73 "processor\t: 4\nCPU implementer\t: 0x41\nCPU part\t: 0xd09\nCPU revision\t: 2\n\n"
#define A53 "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd03\nCPU revision\t: 4\n\n"

/* A GTDT with these OEM ID and OEM table ID; @sum is how far its checksum is off. */
static void write_gtdt(const char *directory, const char *oem, uint8_t sum)
{
	uint8_t gtdt[96] = {'G', 'T', 'D', 'T', sizeof(gtdt)};
	size_t i;

	memcpy(gtdt + 10, oem, 14);
	for (i = 0; i < sizeof(gtdt); i++)
		sum = (uint8_t)(sum - gtdt[i]);
	gtdt[9] = sum;
	test_sysroot_write(directory, "/sys/firmware/acpi/tables/GTDT", gtdt, sizeof(gtdt));
}

/* The limit by a tree whose timer has @property (NULL: none), a GTDT and /proc/cpuinfo. */
static uint32_t find(const char *property, const char *oem, uint8_t sum, const char *cpuinfo,
		     struct test_log *log)
{
	struct devicetree tree = {.fdt = malloc(1024), .size = 1024};
	char *directory = test_directory_make();
	const struct sysroot sysroot = {.directory = directory};
	uint32_t limit;
	int timer;

	assert_non_null(tree.fdt);
	assert_int_equal(fdt_create_empty_tree(tree.fdt, 1024), 0);
	timer = fdt_add_subnode(tree.fdt, 0, "timer");
	fdt_setprop_string(tree.fdt, timer, "compatible", "arm,armv8-timer");
	if (property)
		fdt_setprop(tree.fdt, timer, property, NULL, 0);
	if (oem)
		write_gtdt(directory, oem, sum);
	if (cpuinfo)
		test_sysroot_write(directory, "/proc/cpuinfo", cpuinfo, strlen(cpuinfo));
	limit = counter_find_time_limit(&tree, &sysroot, &log->log);
	devicetree_free(&tree);
	test_directory_remove(directory);
	return limit;
}

static void test_trusted(void **state)
{
	struct test_log log;

	(void)state;
	test_log_open(&log);
	assert_int_equal(find(NULL, NULL, 0, NULL, &log), COUNTER_TIME_LIMIT);
	assert_int_equal(find("always-on", "HISI  HIP08   ", 0, A53, &log), COUNTER_TIME_LIMIT);
	/* A table that is damaged says nothing. Part numbers are each implementer's own. */
	assert_int_equal(find(NULL, "HISI  HIP06   ", 1, NULL, &log), COUNTER_TIME_LIMIT);
	assert_int_equal(find(NULL, NULL, 0, "CPU implementer\t: 0x48\nCPU part\t: 0xd09\n", &log),
			 COUNTER_TIME_LIMIT);
	test_log_expect_nothing(&log);
	test_log_close(&log);
}

static void test_errata(void **state)
{
	static const struct {
		const char *property, *oem, *cpuinfo;
		const char *name;
	} cases[] = {
		{"allwinner,erratum-unknown1", NULL, NULL, "Allwinner's A64"},
		{"fsl,erratum-a008585", NULL, NULL, "Freescale A-008585"},
		{"hisilicon,erratum-161010101", NULL, NULL, "HiSilicon 161010101"},
		{NULL, "HISI  HIP05   ", NULL, "HiSilicon 161010101"},
		{NULL, "HISI  HIP06   ", NULL, "HiSilicon 161010101"},
		{NULL, "HISI  HIP07   ", NULL, "HiSilicon 161010101"},
		{NULL, NULL, A73, "Cortex-A73 858921"},
		/* Purgatory may run on any of them. */
		{NULL, NULL, A53 A73, "Cortex-A73 858921"},
	};
	struct test_log log;

	(void)state;
	test_log_open(&log);
	log.log.debug = true;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(find(cases[i].property, cases[i].oem, 0, cases[i].cpuinfo, &log),
				 0);
		test_log_expect(&log, cases[i].name);
	}
	test_log_close(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trusted),
		cmocka_unit_test(test_errata),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
