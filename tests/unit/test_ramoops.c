/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the console zone of ramoops is, by device tree and parameters. The places were computed by
 * hand after ramoops_probe() of Linux 6.12.
 */
#include "support.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "machine/ramoops.h"

#define KIB  UINT64_C(1024)
#define MIB  (UINT64_C(1) << 20)
#define BASE UINT64_C(0x8f000000)

struct fixture {
	struct test_system system;
	struct devicetree tree;
	struct memory_map memory;
};

static int set_up(void **state)
{
	return test_system_set_up(state, sizeof(struct fixture));
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	free(fixture->tree.fdt);
	range_set_free(&fixture->memory.ram);
	range_set_free(&fixture->memory.reserved);
	return test_system_tear_down(state);
}

/* The layout rule. */
static void test_layout(void **state)
{
	static const struct {
		struct ramoops_settings settings; /* the region begins at BASE */
		uint64_t offset, size;		  /* size 0: the zone is left alone */
		enum map_intent intent;
		const char *reason;
	} cases[] = {
		/* Documentation/admin-guide/ramoops.rst: no console. */
		{{{BASE, BASE + MIB}, .record_size = 0x4000}, 0, 0, 0, "has no console zone"},
		/* Dumps, console, ftrace, pmsg. */
		{{{BASE, BASE + MIB}, 64 * KIB, 64 * KIB, 64 * KIB, 64 * KIB, 0, 0},
		 832 * KIB,
		 64 * KIB,
		 MAP_WRITE_COMBINE,
		 NULL},
		{{{BASE, BASE + MIB}, 64 * KIB, 128 * KIB, 0, 0, 0, 1},
		 896 * KIB,
		 128 * KIB,
		 MAP_UNCACHED,
		 NULL},
		/* No dumps: the console comes first. All of the region is the console's. */
		{{{BASE, BASE + MIB}, 0, 4 * KIB, 0, 4 * KIB, 0, 2}, 0, 4 * KIB, MAP_DATA, NULL},
		{{{BASE, BASE + MIB}, 4 * KIB, MIB, 0, 0, 0, 0}, 0, MIB, MAP_WRITE_COMBINE, NULL},
		/* Sizes are rounded down to a power of two. */
		{{{BASE, BASE + MIB}, 100000, 5000, 0, 0, 0, 0},
		 1044480,
		 4 * KIB,
		 MAP_WRITE_COMBINE,
		 NULL},
		/* 15 dumps in 1020 KiB: each has 68 KiB, not 64. */
		{{{BASE, BASE + MIB}, 64 * KIB, 4 * KIB, 0, 0, 0, 0},
		 1020 * KIB,
		 4 * KIB,
		 MAP_WRITE_COMBINE,
		 NULL},
		/* 10 dumps in 44 KiB: 4505.6 bytes each, so that the console is not behind them
		   all. */
		{{{BASE, BASE + 48 * KIB - 2}, 4 * KIB, 4 * KIB, 0, 0, 0, 0}, 0, 0, 0, "version"},
		/* 3 dumps of 4778 bytes in 14334. */
		{{{BASE, BASE + 16 * KIB + 2046}, 4 * KIB, 4 * KIB, 0, 0, 0, 0},
		 0,
		 0,
		 0,
		 "not aligned"},
		{{{BASE, BASE + MIB}, 4 * KIB, 4 * KIB, 0, 0, 16, 0}, 0, 0, 0, "error correction"},
		{{{BASE, BASE + MIB}, 4 * KIB, 4 * KIB, 0, 0, 0, 3}, 0, 0, 0, "memory type"},
		{{{BASE, BASE + MIB}, 4 * KIB, 8, 0, 0, 0, 0}, 0, 0, 0, "no console zone"},
		/* The driver refuses these. */
		{{{BASE, BASE + MIB}, 0, MIB, 4 * KIB, 0, 0, 0}, 0, 0, 0, "do not fit"},
		{{{BASE, BASE + MIB}, 0, UINT64_MAX, 0, 0, 0, 0}, 0, 0, 0, "do not fit"},
		{{{BASE, BASE + MIB}, 0, 4 * KIB, UINT64_MAX, 0, 0, 0}, 0, 0, 0, "do not fit"},
		{{{BASE, BASE + MIB}, MIB, 4 * KIB, 0, 0, 0, 0}, 0, 0, 0, "no room for a dump"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ramoops_zone zone;
		const char *reason = ramoops_place_console(&zone, &cases[i].settings);

		assert_int_equal(range_size(zone.range), cases[i].size);
		if (cases[i].size) {
			assert_null(reason);
			assert_int_equal(zone.range.start, BASE + cases[i].offset);
			assert_int_equal(zone.intent, cases[i].intent);
		} else {
			assert_non_null(reason);
			assert_non_null(strstr(reason, cases[i].reason));
		}
	}
}

/* Make a tree with a node below @parent, "" or "/reserved-memory"; return the node. */
static int make_tree(struct fixture *fixture, const char *parent, uint64_t address, uint64_t size)
{
	const uint64_t reg[] = {cpu_to_fdt64(address), cpu_to_fdt64(size)};
	void *fdt = realloc(fixture->tree.fdt, 4096);
	int above = 0, node;

	assert_non_null(fdt);
	fixture->tree = (struct devicetree){.fdt = fdt, .size = 4096};
	assert_int_equal(fdt_create_empty_tree(fdt, 4096), 0);
	fdt_setprop_u32(fdt, 0, "#address-cells", 2);
	fdt_setprop_u32(fdt, 0, "#size-cells", 2);
	if (*parent) {
		above = fdt_add_subnode(fdt, 0, parent + 1);
		fdt_setprop_u32(fdt, above, "#address-cells", 2);
		fdt_setprop_u32(fdt, above, "#size-cells", 2);
		fdt_setprop_empty(fdt, above, "ranges");
	}
	node = fdt_add_subnode(fdt, above, "ramoops");
	fdt_setprop_string(fdt, node, "compatible", "ramoops");
	if (size)
		fdt_setprop(fdt, node, "reg", reg, sizeof(reg));
	return node;
}

static void set_cell(struct fixture *fixture, int node, const char *name, uint32_t value)
{
	assert_int_equal(fdt_setprop_u32(fixture->tree.fdt, node, name, value), 0);
}

static void expect_zone(struct fixture *fixture, uint64_t start, uint64_t size,
			enum map_intent intent)
{
	struct ramoops_zone zone;

	ramoops_find(&zone, &fixture->tree, &fixture->memory, &fixture->system.sysroot,
		     &fixture->system.log.log);
	assert_int_equal(range_size(zone.range), size);
	if (size) {
		assert_int_equal(zone.range.start, start);
		assert_int_equal(zone.intent, intent);
	}
}

static void expect_none(struct fixture *fixture)
{
	expect_zone(fixture, 0, 0, 0);
}

static void test_tree(void **state)
{
	struct fixture *fixture = *state;
	int node = make_tree(fixture, "/reserved-memory", BASE, MIB);

	set_cell(fixture, node, "console-size", 0x10000);
	set_cell(fixture, node, "record-size", 0x4000);
	expect_zone(fixture, BASE + MIB - 0x10000, 0x10000, MAP_WRITE_COMBINE);
	set_cell(fixture, node, "pmsg-size", 0x8000);
	expect_zone(fixture, BASE + MIB - 0x18000, 0x10000, MAP_WRITE_COMBINE);
	/* "unbuffered" is the older name of a memory type, which counts before it. */
	fdt_setprop_empty(fixture->tree.fdt, node, "unbuffered");
	expect_zone(fixture, BASE + MIB - 0x18000, 0x10000, MAP_UNCACHED);
	set_cell(fixture, node, "mem-type", 2);
	expect_zone(fixture, BASE + MIB - 0x18000, 0x10000, MAP_DATA);
	set_cell(fixture, node, "ecc-size", 16);
	expect_none(fixture);
	set_cell(fixture, node, "ecc-size", 0);
	expect_zone(fixture, BASE + MIB - 0x18000, 0x10000, MAP_DATA);
	fdt_setprop_string(fixture->tree.fdt, node, "status", "disabled");
	expect_none(fixture);
}

/* Older Chromebooks: below the root, with the size of a record alone. */
static void test_tree_below_root(void **state)
{
	struct fixture *fixture = *state;
	int node = make_tree(fixture, "", BASE, MIB);

	set_cell(fixture, node, "record-size", 0x20000);
	expect_zone(fixture, BASE + MIB - 0x40000, 0x20000, MAP_WRITE_COMBINE);
	node = make_tree(fixture, "/reserved-memory", BASE, MIB);
	set_cell(fixture, node, "record-size", 0x20000);
	expect_none(fixture);
}

static void set_parameters(struct fixture *fixture, const char *const pairs[][2])
{
	char path[128], text[64];

	for (; (*pairs)[0]; pairs++) {
		snprintf(path, sizeof(path), "/sys/module/ramoops/parameters/%s", (*pairs)[0]);
		snprintf(text, sizeof(text), "%s\n", (*pairs)[1]);
		test_sysroot_write_text(fixture->system.directory, path, text);
	}
}

static void test_parameters(void **state)
{
	static const char *const given[][2] = {{"mem_address", "2399141888"},
					       {"mem_size", "1048576"},
					       {"record_size", "131072"},
					       {"console_size", "65536"},
					       {"ftrace_size", "4096"},
					       {"pmsg_size", "4096"},
					       {"mem_type", "1"},
					       {"ecc", "0"},
					       {NULL, NULL}};
	static const char *const with_ecc[][2] = {{"ecc", "1"}, {NULL, NULL}};
	static const char *const unset[][2] = {{"mem_size", "0"}, {NULL, NULL}};
	struct fixture *fixture = *state;

	expect_none(fixture);
	set_parameters(fixture, given);
	/* 7 dumps in 974848 bytes: 139264 each, with nothing left over. */
	expect_zone(fixture, BASE + 974848, 65536, MAP_UNCACHED);
	/* What the module has is not on the command line. */
	test_sysroot_write_text(fixture->system.directory, "/proc/cmdline",
				"ramoops.mem_size=4096 ramoops.console_size=4096\n");
	expect_zone(fixture, BASE + 974848, 65536, MAP_UNCACHED);
	set_parameters(fixture, with_ecc);
	expect_none(fixture);
	set_parameters(fixture, unset);
	expect_none(fixture);
}

static void test_command_line(void **state)
{
	struct fixture *fixture = *state;

	test_sysroot_write_text(fixture->system.directory, "/proc/cmdline",
				"quiet ramoops.mem_address=0x8f000000 ramoops.mem_size=0x100000 "
				"ramoops.ecc=0 ramoops.console_size=32768 panic=5\n");
	/* Defaults for all else: 4096 bytes each. */
	expect_zone(fixture, BASE + MIB - 8192 - 32768, 32768, MAP_WRITE_COMBINE);
	test_sysroot_write_text(fixture->system.directory, "/proc/cmdline",
				"ramoops.mem_address=0x8f000000 ramoops.mem_size=1M\n");
	expect_none(fixture);
}

/* The driver has one region. Its parameters say which, if it is there. */
static void test_tree_and_parameters(void **state)
{
	static const char *const same[][2] = {{"mem_address", "2399141888"},
					      {"mem_size", "1048576"},
					      {"record_size", "0"},
					      {"console_size", "65536"},
					      {"ftrace_size", "0"},
					      {"pmsg_size", "0"},
					      {"mem_type", "0"},
					      {"ecc", "0"},
					      {NULL, NULL}};
	static const char *const other[][2] = {{"mem_address", "2400190464"}, {NULL, NULL}};
	struct fixture *fixture = *state;
	int node = make_tree(fixture, "/reserved-memory", BASE, MIB);

	set_cell(fixture, node, "console-size", 0x10000);
	set_cell(fixture, node, "mem-type", 2);
	/* Not loaded: it will take the node first. */
	test_sysroot_write_text(fixture->system.directory, "/proc/cmdline",
				"ramoops.mem_address=0x8f100000 ramoops.mem_size=0x100000\n");
	expect_zone(fixture, BASE, 0x10000, MAP_DATA);
	/* Loaded, and bound to the node: the memory type is not among the parameters. */
	set_parameters(fixture, same);
	expect_zone(fixture, BASE, 0x10000, MAP_DATA);
	/* Loaded, with a region of its own. */
	set_parameters(fixture, other);
	expect_zone(fixture, BASE + MIB, 0x10000, MAP_WRITE_COMBINE);
}

/* A node without an address: the kernel chose it, and the module knows. */
static void test_dynamic(void **state)
{
	static const char *const bound[][2] = {
		{"mem_address", "2399141888"}, {"mem_size", "1048576"}, {NULL, NULL}};
	struct fixture *fixture = *state;
	int node = make_tree(fixture, "/reserved-memory", 0, 0);

	set_cell(fixture, node, "console-size", 0x10000);
	test_sysroot_write_text(fixture->system.directory, "/proc/cmdline",
				"ramoops.mem_address=0x8f100000 ramoops.mem_size=0x100000\n");
	expect_none(fixture);
	set_parameters(fixture, bound);
	expect_zone(fixture, BASE, 0x10000, MAP_WRITE_COMBINE);
}

/* Only pages of ramoops are touched, and only if the kernel has nothing else there. */
static void test_memory(void **state)
{
	struct fixture *fixture = *state;
	int node = make_tree(fixture, "/reserved-memory", BASE, 0x11000);

	set_cell(fixture, node, "record-size", 0x400);
	set_cell(fixture, node, "console-size", 0x10000);
	expect_zone(fixture, BASE + 0x1000, 0x10000, MAP_WRITE_COMBINE);
	assert_int_equal(
		range_set_add(&fixture->memory.ram, (struct range){BASE - MIB, BASE + MIB}), 0);
	expect_none(fixture);
	assert_int_equal(
		range_set_add(&fixture->memory.reserved, (struct range){BASE + 0x2000, BASE + MIB}),
		0);
	expect_none(fixture);
	assert_int_equal(
		range_set_add(&fixture->memory.reserved, (struct range){BASE, BASE + 0x2000}), 0);
	expect_zone(fixture, BASE + 0x1000, 0x10000, MAP_WRITE_COMBINE);

	/* The region begins in a page of something else, or ends in one. */
	node = make_tree(fixture, "/reserved-memory", BASE + 0x800, 0x1000);
	set_cell(fixture, node, "console-size", 0x800);
	expect_none(fixture);
	node = make_tree(fixture, "/reserved-memory", BASE, 0x1800);
	set_cell(fixture, node, "console-size", 0x1000);
	expect_zone(fixture, BASE, 0x1000, MAP_WRITE_COMBINE);
	set_cell(fixture, node, "record-size", 0x800);
	expect_none(fixture);
}

static void test_pages(void **state)
{
	const struct ramoops_zone zone = {.range = {BASE + 0x800, BASE + 0x1801}};
	const struct range pages = ramoops_pages(&zone);

	(void)state;
	assert_int_equal(pages.start, BASE);
	assert_int_equal(pages.end, BASE + 0x2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layout),
		cmocka_unit_test_setup_teardown(test_tree, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_tree_below_root, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_parameters, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_command_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_tree_and_parameters, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_dynamic, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_memory, set_up, tear_down),
		cmocka_unit_test(test_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
