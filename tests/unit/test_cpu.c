/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The CPUs, as /proc/cpuinfo and the device tree describe them.
 */
#include "support.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/cpu.h"

/* Two CPUs; NULL: without the property. */
struct tree_case {
	const char *modes[2], *compatible, *status;
};

static void add_cpu(void *fdt, int cpus, const char *name, const char *mode,
		    const struct tree_case *tree)
{
	int cpu = fdt_add_subnode(fdt, cpus, name);

	assert_true(cpu > 0);
	assert_int_equal(fdt_setprop_string(fdt, cpu, "device_type", "cpu"), 0);
	if (tree->compatible) {
		assert_int_equal(fdt_setprop_string(fdt, cpu, "compatible", tree->compatible), 0);
		assert_int_equal(fdt_appendprop_string(fdt, cpu, "compatible", "riscv"), 0);
	}
	if (mode)
		assert_int_equal(fdt_setprop_string(fdt, cpu, "mmu-type", mode), 0);
	if (tree->status)
		assert_int_equal(fdt_setprop_string(fdt, cpu, "status", tree->status), 0);
}

static void make_tree(struct devicetree *tree, const struct tree_case *values)
{
	const struct tree_case first = {.compatible = values->compatible};
	int cpus;

	tree->size = 4096;
	tree->fdt = malloc(tree->size);
	assert_non_null(tree->fdt);
	assert_int_equal(fdt_create_empty_tree(tree->fdt, (int)tree->size), 0);
	cpus = fdt_add_subnode(tree->fdt, 0, "cpus");
	assert_true(cpus > 0);
	/* Nodes are added at the front: the status is the second one's in the tree. */
	add_cpu(tree->fdt, cpus, "cpu@1", values->modes[1], values);
	add_cpu(tree->fdt, cpus, "cpu@0", values->modes[0], &first);
}

static void read_case(struct cpu *cpu, const char *cpuinfo, const struct tree_case *values)
{
	struct devicetree tree = {0};
	char *directory = test_directory_make();
	const struct sysroot sysroot = {.directory = directory};

	if (cpuinfo)
		test_sysroot_write(directory, "/proc/cpuinfo", cpuinfo, strlen(cpuinfo));
	if (values)
		make_tree(&tree, values);
	memset(cpu, 0xff, sizeof(*cpu));
	cpu_read(cpu, &tree, &sysroot);
	devicetree_free(&tree);
	test_directory_remove(directory);
}

static void test_modes(void **state)
{
	static const struct {
		const char *cpuinfo;
		struct tree_case tree;
		unsigned int bits;
	} cases[] = {
		{NULL, {.modes = {NULL, NULL}}, 0},
		{"mmu\t\t: sv39\n", {.modes = {NULL, NULL}}, 39},
		{"processor\t: 0\nmmu\t\t: sv57\n\nprocessor\t: 1\nmmu\t\t: sv48\n\n",
		 {.modes = {NULL, NULL}},
		 48},
		/* The kernel may use less than there is, and there may be more than is used. */
		{"mmu\t\t: sv39\n", {.modes = {"riscv,sv57", "riscv,sv48"}}, 48},
		{"mmu\t\t: sv57\n", {.modes = {"riscv,sv39", "riscv,sv39"}}, 57},
		/* A CPU that is not there does not count. */
		{NULL, {.modes = {"riscv,sv48", "riscv,sv39"}, .status = "disabled"}, 48},
		{NULL, {.modes = {"riscv,none", "arm,sv57"}}, 0},
		{"mmu\t\t: none\nmmu2 : sv39\nxmmu : sv39\n", {.modes = {NULL, NULL}}, 0},
		{"", {.modes = {NULL, NULL}}, 0},
		{"\n\n\nmmu", {.modes = {NULL, NULL}}, 0},
		{"CPU part\t: 0xd08\n\n", {.modes = {NULL, NULL}}, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cpu cpu;

		read_case(&cpu, cases[i].cpuinfo, &cases[i].tree);
		if (cpu.virtual_bits != cases[i].bits)
			fail_msg("case %zu: %u bits, not %u", i, cpu.virtual_bits, cases[i].bits);
		assert_false(cpu.vendor_page_tables);
	}
}

static void test_nothing(void **state)
{
	struct cpu cpu;

	(void)state;
	read_case(&cpu, NULL, NULL);
	assert_int_equal(cpu.virtual_bits, 0);
	assert_false(cpu.vendor_page_tables);
}

static void test_thead(void **state)
{
	static const struct {
		const char *cpuinfo, *compatible;
		bool vendor_page_tables;
	} cases[] = {
		{"mvendorid\t: 0x5b7\nmarchid\t\t: 0x0\n", NULL, true},
		{"mvendorid\t: 0x5b7\n", NULL, true},
		/* On one of two is enough, whichever it is. */
		{"mvendorid : 0x0\n\nmvendorid : 0x5b7\nmarchid : 0x0\n\n", NULL, true},
		{"mvendorid : 0x5b7\nmarchid : 0x0\n\nmvendorid : 0x0\n\n", NULL, true},
		/* The number of one CPU does not meet the vendor of the other. */
		{"mvendorid : 0x5b7\n\nmvendorid : 0x0\nmarchid : 0x1\n", NULL, true},
		{"mvendorid : 0x0\nmarchid : 0x0\n\nmvendorid : 0x5b7\nmarchid : 0x1\n", NULL,
		 false},
		{"mvendorid\t: 0x5b7\nmarchid\t\t: 0x8d143000\n", "thead,c908", false},
		{"mvendorid\t: 0x489\nmarchid\t\t: 0x0\n", NULL, false},
		{"uarch\t\t: thead,c906\n", NULL, true},
		{"uarch\t\t: sifive,u74\n", NULL, false},
		{"mmu\t\t: sv39\n", "thead,c910", true},
		{NULL, "thead,c906", true},
		{NULL, "sifive,u74", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct tree_case tree = {.compatible = cases[i].compatible};
		struct cpu cpu;

		read_case(&cpu, cases[i].cpuinfo, &tree);
		if (cpu.vendor_page_tables != cases[i].vendor_page_tables)
			fail_msg("case %zu: %d", i, cpu.vendor_page_tables);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_thead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
