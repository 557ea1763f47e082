/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether the running kernel can stop its other CPUs, by what started them. */
#include "support.h"

#include <errno.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "machine/running_kernel.h"
#include "permit/cpu_stop.h"

#define POSSIBLE "/sys/devices/system/cpu/possible"
#define PRESENT	 "/sys/devices/system/cpu/present"
#define ONLINE	 "/sys/devices/system/cpu/online"
#define TREE_MAX 4096

static int set_up(void **state)
{
	return test_system_set_up(state, sizeof(struct test_system));
}

/* A tree whose CPUs are started by these methods, which NULL ends; "" stands for none. */
static struct devicetree make_tree(const char *const *methods)
{
	struct devicetree tree = {.fdt = malloc(TREE_MAX), .size = TREE_MAX};
	int cpus;

	assert_non_null(tree.fdt);
	assert_int_equal(fdt_create_empty_tree(tree.fdt, TREE_MAX), 0);
	cpus = fdt_add_subnode(tree.fdt, 0, "cpus");
	for (int i = 0; methods[i]; i++) {
		char name[16];
		int node;

		snprintf(name, sizeof(name), "cpu@%d", i);
		node = fdt_add_subnode(tree.fdt, cpus, name);
		assert_true(node >= 0);
		assert_int_equal(fdt_setprop_string(tree.fdt, node, "device_type", "cpu"), 0);
		if (*methods[i])
			assert_int_equal(
				fdt_setprop_string(tree.fdt, node, "enable-method", methods[i]), 0);
	}
	return tree;
}

/* Fail unless what is found begins with @reason and helps with @remedy; NULL: nothing is found. */
static void expect(const struct test_system *system, const struct arch *arch,
		   const struct devicetree *tree, const char *reason, const char *remedy)
{
	const struct kexec_obstacle *obstacle =
		cpu_stop_find_obstacle(arch, tree, &system->sysroot);

	if (!reason) {
		assert_null(obstacle);
		return;
	}
	assert_non_null(obstacle);
	assert_int_equal(obstacle->error, -EBUSY);
	assert_non_null(strstr(obstacle->reason, reason));
	assert_non_null(strstr(obstacle->remedy, remedy));
}

static void test_methods(void **state)
{
	struct test_system *system = *state;
	static const struct {
		const char *methods[5];
		const char *possible; /* NULL: no file */
		bool refused;
	} cases[] = {
		/* a Raspberry Pi 3 or 4 */
		{{"spin-table", "spin-table", "spin-table", "spin-table"}, "0-3\n", true},
		{{"spin-table", "spin-table"}, "0-1\n", true},
		{{"spin-table", "spin-table"}, "0,2\n", true},
		/* the CPU that boots needs none */
		{{"", "spin-table"}, "0-1\n", true},
		/* nr_cpus=1 */
		{{"spin-table", "spin-table", "spin-table", "spin-table"}, "0\n", false},
		{{"spin-table"}, "0\n", false},
		{{"psci", "psci"}, "0-1\n", false},
		/* the kernel asks the method of the CPU that it happens to run on */
		{{"psci", "spin-table"}, "0-1\n", false},
		{{"spin-table", "spin-table"}, NULL, false},
		{{"spin-table", "spin-table"}, "\n", false},
		{{"spin-table", "spin-table"}, "3-1\n", false},
		{{"spin-table", "spin-table"}, "0-many\n", false},
		{{"spin-table", "spin-table"}, "0-18446744073709551615\n", false},
		{{NULL}, "0-3\n", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct devicetree tree = make_tree(cases[i].methods);

		if (cases[i].possible)
			test_sysroot_write_text(system->directory, POSSIBLE, cases[i].possible);
		else
			test_sysroot_remove(system->directory, POSSIBLE);
		expect(system, &arch_arm64, &tree, cases[i].refused ? "\"spin-table\"" : NULL,
		       "nr_cpus=1");
		expect(system, &arch_riscv64, &tree, NULL, NULL);
		devicetree_free(&tree);
	}
}

/* The kernel takes what ACPI says, where there is ACPI, and not the tree. */
static void test_acpi(void **state)
{
	struct test_system *system = *state;
	static const char *const spin_tables[] = {"spin-table", "spin-table", NULL};
	struct devicetree tree = make_tree(spin_tables);
	const struct devicetree none = {0};
	uint8_t fadt[244] = {'F', 'A', 'C', 'P', sizeof(fadt)};

	test_sysroot_write_text(system->directory, POSSIBLE, "0-1\n");
	expect(system, &arch_arm64, &none, NULL, NULL);
	fadt[9] = (uint8_t)-('F' + 'A' + 'C' + 'P' + sizeof(fadt));
	test_sysroot_write(system->directory, "/sys/firmware/acpi/tables/FACP", fadt, sizeof(fadt));
	expect(system, &arch_arm64, &none, "ACPI has no PSCI", "nr_cpus=1");
	expect(system, &arch_arm64, &tree, "ACPI has no PSCI", "nr_cpus=1");
	fadt[129] = 1;
	fadt[9]--;
	test_sysroot_write(system->directory, "/sys/firmware/acpi/tables/FACP", fadt, sizeof(fadt));
	expect(system, &arch_arm64, &none, NULL, NULL);
	expect(system, &arch_arm64, &tree, NULL, NULL);
	devicetree_free(&tree);
}

static void test_protected_kvm(void **state)
{
	struct test_system *system = *state;
	static const struct {
		const char *command_line;
		bool refused;
	} cases[] = {
		{"root=/dev/vda kvm-arm.mode=protected quiet\n", true},
		{"kvm_arm.mode=protected\n", true},
		{"kvm-arm.mode=nvhe kvm-arm.mode=protected\n", true},
		{"kvm-arm.mode=protected kvm-arm.mode=nvhe\n", false},
		{"kvm-arm.mode=protectedly\n", false},
		{"-- kvm-arm.mode=protected\n", false},
		{"\"x kvm-arm.mode=protected\"\n", false},
		{"\n", false},
	};
	const struct devicetree none = {0};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		test_sysroot_write_text(system->directory, "/proc/cmdline", cases[i].command_line);
		/* Started at EL1, the kernel ignores the parameter, and has no KVM. */
		expect(system, &arch_arm64, &none, NULL, NULL);
		test_sysroot_write_text(system->directory, "/sys/devices/virtual/misc/kvm/dev",
					"10:232\n");
		expect(system, &arch_arm64, &none, cases[i].refused ? "protected KVM" : NULL,
		       "without kvm-arm.mode=protected");
		expect(system, &arch_riscv64, &none, NULL, NULL);
		test_sysroot_remove(system->directory, "/sys/devices/virtual/misc/kvm/dev");
		test_sysroot_remove(system->directory, "/sys/devices/virtual/misc/kvm");
	}
}

static void test_busy(void **state)
{
	struct test_system *system = *state;
	static const struct {
		const char *possible, *present, *online;
		const char *part;
	} cases[] = {
		{"0-7\n", "0-7\n", "0-5\n",
		 "6 of 8 are online): try again, or boot it with nr_cpus=6"},
		{"0-15\n", "0-7\n", "0-5\n", "6 of 8 are online)"},
		/* what can be plugged in has not failed to come up */
		{"0-15\n", "0-7\n", "0-7\n", "another load is under way: try again"},
		{"0-7\n", "0-7\n", "0-7\n", "another load is under way: try again"},
		{"0-7\n", "0-7\n", "\n", "another load is under way: try again"},
	};
	char text[CPU_STOP_TEXT_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		test_sysroot_write_text(system->directory, POSSIBLE, cases[i].possible);
		test_sysroot_write_text(system->directory, PRESENT, cases[i].present);
		test_sysroot_write_text(system->directory, ONLINE, cases[i].online);
		cpu_stop_explain_busy(text, sizeof(text), &system->sysroot);
		assert_non_null(strstr(text, cases[i].part));
	}
}

static void test_running_parameter(void **state)
{
	struct test_system *system = *state;
	static const struct {
		const char *command_line, *value;
	} cases[] = {
		{"kho=on\n", "on"},   {"a kho=off kho=1\n", "1"},
		{"kho\n", ""},	      {"kho_scratch=5\n", NULL},
		{"nokho=on\n", NULL}, {"quiet -- kho=on\n", NULL},
		{"", NULL},
	};

	assert_null(running_kernel_parameter(&system->sysroot, "kho"));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *value;

		test_sysroot_write_text(system->directory, "/proc/cmdline", cases[i].command_line);
		value = running_kernel_parameter(&system->sysroot, "kho");
		if (cases[i].value)
			assert_string_equal(value, cases[i].value);
		else
			assert_null(value);
		free(value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_methods, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_acpi, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_protected_kvm, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_busy, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_running_parameter, set_up,
						test_system_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
