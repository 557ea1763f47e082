/* SPDX-License-Identifier: GPL-2.0-only */
/* The IDs of the CPUs that are online, and the systems whose CPUs are not to be started. */
#include "support.h"

#include <endian.h>
#include <errno.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/online_cpus.h"

#define ONLINE	 "/sys/devices/system/cpu/online"
#define TREE_MAX 8192
#define SMC	 PURGATORY_RESET_PSCI_SMC

/* A CPU of a tree: its "reg" of two cells, and how it is started. */
struct node {
	uint64_t id;
	const char *method; /* NULL: no more nodes */
	const char *status; /* NULL: it has none */
};

static struct devicetree make_tree(const struct node *nodes)
{
	struct devicetree tree = {.fdt = malloc(TREE_MAX), .size = TREE_MAX};
	int cpus;

	assert_non_null(tree.fdt);
	assert_int_equal(fdt_create_empty_tree(tree.fdt, TREE_MAX), 0);
	cpus = fdt_add_subnode(tree.fdt, 0, "cpus");
	for (int i = 0; nodes[i].method; i++) {
		char name[16];
		int node;

		snprintf(name, sizeof(name), "cpu@%d", i);
		node = fdt_add_subnode(tree.fdt, cpus, name);
		assert_true(node >= 0);
		assert_int_equal(fdt_setprop_string(tree.fdt, node, "device_type", "cpu"), 0);
		assert_int_equal(
			fdt_setprop_string(tree.fdt, node, "enable-method", nodes[i].method), 0);
		assert_int_equal(fdt_setprop_u64(tree.fdt, node, "reg", nodes[i].id), 0);
		if (nodes[i].status)
			assert_int_equal(
				fdt_setprop_string(tree.fdt, node, "status", nodes[i].status), 0);
	}
	return tree;
}

static bool has(const struct online_cpus *cpus, uint64_t id)
{
	for (size_t i = 0; i < cpus->count; i++)
		if (cpus->ids[i] == id)
			return true;
	return false;
}

/* Read, and expect an error with @message, or that all is well if that is NULL. */
static struct online_cpus read_cpus(struct test_system *system, const struct arch *arch,
				    const struct devicetree *tree, enum purgatory_reset reset,
				    const char *message)
{
	struct online_cpus cpus;
	const int error =
		online_cpus_read(&cpus, arch, tree, &system->sysroot, reset, &system->log.log);

	assert_int_equal(error, message ? -EOPNOTSUPP : 0);
	if (message)
		test_log_expect(&system->log, message);
	else
		test_log_expect_nothing(&system->log);
	return cpus;
}

static int set_up(void **state)
{
	return test_system_set_up(state, sizeof(struct test_system));
}

static void test_tree(void **state)
{
	struct test_system *system = *state;
	static const struct node four[] = {{0x0, "psci", NULL},	       {0x1, "psci", "okay"},
					   {0x100, "psci", NULL},      {0x300000101, "psci", NULL},
					   {0x55, "psci", "disabled"}, {0, NULL, NULL}};
	struct devicetree tree = make_tree(four);
	struct online_cpus cpus;

	test_sysroot_write_text(system->directory, ONLINE, "0-3\n");
	cpus = read_cpus(system, &arch_arm64, &tree, SMC, NULL);
	assert_int_equal(cpus.online, 4);
	assert_int_equal(cpus.count, 4);
	for (int i = 0; i < 4; i++)
		assert_true(has(&cpus, four[i].id));

	/* Which of them is offline only sysfs can tell. */
	test_sysroot_write_text(system->directory, ONLINE, "0,2-3\n");
	read_cpus(system, &arch_arm64, &tree, SMC, "3 are, and the device tree has 4");
	test_sysroot_write(system->directory, "/sys/devices/system/cpu/cpu0/of_node/reg",
			   "\0\0\0\0\0\0\0\0", 8);
	test_sysroot_write(system->directory, "/sys/devices/system/cpu/cpu2/of_node/reg",
			   "\0\0\0\0\0\0\1\0", 8);
	test_sysroot_write(system->directory, "/sys/devices/system/cpu/cpu3/of_node/reg",
			   "\0\0\0\3\0\0\1\1", 8);
	cpus = read_cpus(system, &arch_arm64, &tree, SMC, NULL);
	assert_int_equal(cpus.count, 3);
	assert_int_equal(cpus.ids[0], 0);
	assert_int_equal(cpus.ids[1], 0x100);
	assert_int_equal(cpus.ids[2], 0x300000101);
	/* A file that is cut off is none. */
	test_sysroot_write(system->directory, "/sys/devices/system/cpu/cpu3/of_node/reg", "\1", 1);
	read_cpus(system, &arch_arm64, &tree, SMC, "3 are, and the device tree has 4");
	devicetree_free(&tree);
}

static void test_refusals(void **state)
{
	struct test_system *system = *state;
	static const struct node mixed[] = {
		{0, "psci", NULL}, {1, "spin-table", NULL}, {0, NULL, NULL}};
	static const struct node two[] = {{0, "psci", NULL}, {1, "psci", NULL}, {0, NULL, NULL}};
	struct devicetree tree = make_tree(mixed);
	static const char *const lists[] = {"", "\n", "3-1\n", "0-many\n", "0-99999999\n"};

	read_cpus(system, &arch_arm64, &tree, SMC, ONLINE " does not say which CPUs are online");
	test_sysroot_write_text(system->directory, ONLINE, "0-1\n");
	read_cpus(system, &arch_arm64, &tree, SMC, "enable-method \"spin-table\", not \"psci\"");
	devicetree_free(&tree);
	tree = make_tree(two);
	read_cpus(system, &arch_arm64, &tree, PURGATORY_RESET_NONE, "this system has no PSCI");
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		test_sysroot_write_text(system->directory, ONLINE, lists[i]);
		read_cpus(system, &arch_arm64, &tree, SMC, "does not say which CPUs are online");
	}
	devicetree_free(&tree);
}

/* The MADT has three CPUs, of which one is not enabled, and something else. */
static void test_acpi(void **state)
{
	struct test_system *system = *state;
	const struct devicetree no_tree = {0};
	uint8_t madt[44 + 3 * 80 + 24] = "APIC", sum = 0;
	const uint32_t length = htole32(sizeof(madt));
	struct online_cpus cpus;

	memcpy(madt + 4, &length, sizeof(length));
	for (uint8_t i = 0; i < 3; i++) {
		uint8_t *gicc = madt + 44 + i * 80;

		gicc[0] = 0x0b;
		gicc[1] = 80;
		gicc[12] = i != 1;
		gicc[68] = i;
		gicc[69] = 2;
		gicc[72] = i;
	}
	madt[44 + 3 * 80] = 0x0c; /* a GIC distributor */
	madt[44 + 3 * 80 + 1] = 24;
	for (size_t i = 0; i < sizeof(madt); i++)
		sum = (uint8_t)(sum + madt[i]);
	madt[9] = (uint8_t)-sum;
	test_sysroot_write_text(system->directory, ONLINE, "0-1\n");
	test_sysroot_write(system->directory, "/sys/firmware/acpi/tables/APIC", madt, sizeof(madt));
	cpus = read_cpus(system, &arch_arm64, &no_tree, SMC, NULL);
	assert_int_equal(cpus.count, 2);
	assert_int_equal(cpus.ids[0], 0x200);
	assert_int_equal(cpus.ids[1], 0x200000202);
	test_sysroot_write_text(system->directory, ONLINE, "0\n");
	read_cpus(system, &arch_arm64, &no_tree, SMC, "1 are, and ACPI's MADT has 2");
}

/* Linux may number harts in any order. Ten are more than verify together. */
static void test_harts(void **state)
{
	struct test_system *system = *state;
	const struct devicetree no_tree = {0};
	char text[1024] = "";
	struct online_cpus cpus;

	for (int i = 0; i < 10; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "processor\t: %d\nhart\t\t: %d\n\n", i, 100 + i);
	test_sysroot_write_text(system->directory, "/proc/cpuinfo", text);
	test_sysroot_write_text(system->directory, ONLINE, "0-9\n");
	cpus = read_cpus(system, &arch_riscv64, &no_tree, PURGATORY_RESET_SBI, NULL);
	assert_int_equal(cpus.online, 10);
	assert_int_equal(cpus.count, PURGATORY_CPUS_MAX);
	assert_int_equal(cpus.ids[PURGATORY_CPUS_MAX - 1], 107);
	test_sysroot_write_text(system->directory, ONLINE, "3,5\n");
	cpus = read_cpus(system, &arch_riscv64, &no_tree, PURGATORY_RESET_SBI, NULL);
	assert_int_equal(cpus.count, 2);
	assert_int_equal(cpus.ids[0], 103);
	assert_int_equal(cpus.ids[1], 105);
	test_sysroot_write_text(system->directory, ONLINE, "3,12\n");
	read_cpus(system, &arch_riscv64, &no_tree, PURGATORY_RESET_SBI,
		  "2 are, and /proc/cpuinfo has the harts of 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_tree, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_refusals, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_acpi, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_harts, set_up, test_system_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
