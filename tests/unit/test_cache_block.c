/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * When purgatory maintains caches, by device tree and /proc/cpuinfo.
 */
#include "support.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/cache_block.h"

static void make_tree(struct devicetree *tree, bool coherent, const uint32_t sizes[2])
{
	static const char *const names[] = {"cpu@1", "cpu@0"};
	int cpus, node;
	size_t i;

	tree->size = 4096;
	tree->fdt = malloc(tree->size);
	assert_non_null(tree->fdt);
	assert_int_equal(fdt_create_empty_tree(tree->fdt, (int)tree->size), 0);
	cpus = fdt_add_subnode(tree->fdt, 0, "cpus");
	for (i = 0; i < 2; i++) {
		node = fdt_add_subnode(tree->fdt, cpus, names[i]);
		assert_int_equal(fdt_setprop_string(tree->fdt, node, "device_type", "cpu"), 0);
		if (sizes[i])
			fdt_setprop_u32(tree->fdt, node, "riscv,cbom-block-size", sizes[i]);
	}
	node = fdt_add_subnode(tree->fdt, 0, "soc");
	if (!coherent)
		assert_int_equal(fdt_setprop_empty(tree->fdt, node, "dma-noncoherent"), 0);
}

static void test_sizes(void **state)
{
	static const char one[] = "processor\t: 0\nisa\t\t: rv64imafdc_zicbom_zicsr\n";
	static const struct {
		const char *cpuinfo;
		bool coherent;
		uint32_t sizes[2], block;
	} cases[] = {
		{one, false, {64, 64}, 64},
		{one, false, {64, 32}, 32},
		{one, false, {0, 128}, 128},
		/* Devices see the caches: nothing to do, whatever there is. */
		{one, true, {64, 64}, 0},
		/* No size, or one that is none. */
		{one, false, {0, 0}, 0},
		{one, false, {96, 96}, 0},
		{one, false, {8, 64}, 0},
		{one, false, {8192, 8192}, 0},
		/* No instruction, on one hart at least, or another one. */
		{NULL, false, {64, 64}, 0},
		{"isa\t\t: rv64imafdc\n", false, {64, 64}, 0},
		{"isa\t\t: rv64imafdc_zicbom2_zicboz\n", false, {64, 64}, 0},
		{"isa\t: rv64i_zicbom\n\nprocessor\t: 1\nisa\t: rv64i\n", false, {64, 64}, 0},
		{"isa\t: rv64i_zicbom\n\nisa\t: rv64i_zicbom\n\n", false, {64, 64}, 64},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct devicetree tree = {0};
		char *directory = test_directory_make();
		const struct sysroot sysroot = {.directory = directory};
		const struct log log = {0};

		if (cases[i].cpuinfo)
			test_sysroot_write(directory, "/proc/cpuinfo", cases[i].cpuinfo,
					   strlen(cases[i].cpuinfo));
		assert_int_equal(cache_block_find(&arch_riscv64, &tree, &sysroot, &log), 0);
		make_tree(&tree, cases[i].coherent, cases[i].sizes);
		assert_int_equal(cache_block_find(&arch_riscv64, &tree, &sysroot, &log),
				 cases[i].block);
		/* arm64's purgatory asks the CPU. */
		assert_int_equal(cache_block_find(&arch_arm64, &tree, &sysroot, &log), 0);
		devicetree_free(&tree);
		test_directory_remove(directory);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
