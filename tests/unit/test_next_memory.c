/* SPDX-License-Identifier: GPL-2.0-only */
/* What a device tree says of the memory that the next kernel may use. */
#include "plan/next_memory.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

#define MIB(number) (UINT64_C(number) << 20)
#define GIB(number) (UINT64_C(number) << 30)

#define TREE_SIZE 8192

struct fixture {
	struct test_log log;
	char fdt[TREE_SIZE];
	struct memory_map map; /* RAM from 1 GiB to 4 GiB */
	const struct arch *arch;
	struct next_memory next;
};

static struct range running_ram[] = {{GIB(1), GIB(4)}};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	test_log_open(&fixture->log);
	assert_int_equal(fdt_create_empty_tree(fixture->fdt, TREE_SIZE), 0);
	assert_int_equal(fdt_setprop_u32(fixture->fdt, 0, "#address-cells", 2), 0);
	assert_int_equal(fdt_setprop_u32(fixture->fdt, 0, "#size-cells", 2), 0);
	fixture->arch = &arch_arm64;
	fixture->map.ram = (struct range_set){.ranges = running_ram, .count = 1};
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	next_memory_free(&fixture->next);
	test_log_close(&fixture->log);
	free(fixture);
	return 0;
}

static int add_node(struct fixture *fixture, int parent, const char *name)
{
	int node = fdt_add_subnode(fixture->fdt, parent, name);

	assert_true(node > 0);
	return node;
}

static void add_range(struct fixture *fixture, const char *path, const char *name,
		      struct range range)
{
	const int node = fdt_path_offset(fixture->fdt, path);

	assert_int_equal(fdt_appendprop_addrrange(fixture->fdt,
						  fdt_parent_offset(fixture->fdt, node), node, name,
						  range.start, range_size(range)),
			 0);
}

static void set_string(struct fixture *fixture, const char *path, const char *name,
		       const char *value)
{
	assert_int_equal(
		fdt_setprop_string(fixture->fdt, fdt_path_offset(fixture->fdt, path), name, value),
		0);
}

static void set_flag(struct fixture *fixture, const char *path, const char *name)
{
	assert_int_equal(fdt_setprop_empty(fixture->fdt, fdt_path_offset(fixture->fdt, path), name),
			 0);
}

static void add_memory(struct fixture *fixture, const char *name, struct range range)
{
	char path[64] = "/";

	add_node(fixture, 0, name);
	strcat(path, name);
	set_string(fixture, path, "device_type", "memory");
	add_range(fixture, path, "reg", range);
}

/* /reserved-memory with cells and ranges as Linux asks for them. */
static void add_reserved(struct fixture *fixture)
{
	int node = add_node(fixture, 0, "reserved-memory");

	assert_int_equal(fdt_setprop_u32(fixture->fdt, node, "#address-cells", 2), 0);
	assert_int_equal(fdt_setprop_u32(fixture->fdt, node, "#size-cells", 2), 0);
	assert_int_equal(fdt_setprop_empty(fixture->fdt, node, "ranges"), 0);
}

static void add_reservation(struct fixture *fixture, const char *name)
{
	add_node(fixture, fdt_path_offset(fixture->fdt, "/reserved-memory"), name);
}

static void read_memory(struct fixture *fixture)
{
	next_memory_free(&fixture->next);
	assert_int_equal(next_memory_read(&fixture->next, fixture->fdt, &fixture->map,
					  fixture->arch, "x.dtb", &fixture->log.log),
			 0);
	test_log_expect_nothing(&fixture->log);
}

static void expect(const struct range_set *set, const struct range *ranges, size_t count)
{
	assert_int_equal(set->count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(set->ranges[i].start, ranges[i].start);
		assert_int_equal(set->ranges[i].end, ranges[i].end);
	}
}

#define EXPECT(set, ...)                                 \
	expect(set, (const struct range[]){__VA_ARGS__}, \
	       sizeof((const struct range[]){__VA_ARGS__}) / sizeof(struct range))

/* By device_type alone, if it is available; removable memory is RAM all the same. */
static void test_memory_nodes(void **state)
{
	struct fixture *fixture = *state;

	add_memory(fixture, "memory@40000000", (struct range){GIB(1), GIB(2)});
	add_range(fixture, "/memory@40000000", "reg", (struct range){GIB(8), GIB(9)});
	add_range(fixture, "/memory@40000000", "reg", (struct range){GIB(20), GIB(20)});
	add_memory(fixture, "ram", (struct range){GIB(3), GIB(4)});
	add_memory(fixture, "memory@off", (struct range){GIB(10), GIB(11)});
	set_string(fixture, "/memory@off", "status", "disabled");
	add_memory(fixture, "memory@cpu", (struct range){GIB(12), GIB(13)});
	set_string(fixture, "/memory@cpu", "device_type", "cpu");
	add_memory(fixture, "memory@out", (struct range){GIB(14), GIB(15)});
	set_flag(fixture, "/memory@out", "hotpluggable");
	read_memory(fixture);
	EXPECT(&fixture->next.ram, {GIB(1), GIB(2)}, {GIB(3), GIB(4)}, {GIB(8), GIB(9)},
	       {GIB(14), GIB(15)});
	EXPECT(&fixture->next.usable, {GIB(1), GIB(2)}, {GIB(3), GIB(4)}, {GIB(8), GIB(9)},
	       {GIB(14), GIB(15)});
	EXPECT(&fixture->next.removable, {GIB(14), GIB(15)});
	EXPECT(&fixture->next.cacheable, {GIB(1), GIB(2)}, {GIB(3), GIB(4)});
}

/* A root that does not say how many cells has one of each, for Linux. */
static void test_one_cell(void **state)
{
	struct fixture *fixture = *state;

	add_node(fixture, 0, "memory");
	set_string(fixture, "/memory", "device_type", "memory");
	assert_int_equal(fdt_setprop_u64(fixture->fdt, fdt_path_offset(fixture->fdt, "/memory"),
					 "reg", 0x4000000010000000),
			 0);
	fdt_delprop(fixture->fdt, 0, "#address-cells");
	fdt_delprop(fixture->fdt, 0, "#size-cells");
	read_memory(fixture);
	EXPECT(&fixture->next.ram, {GIB(1), GIB(1) + MIB(256)});
}

static void test_efi(void **state)
{
	static const char *const paths[] = {"/chosen", "/hypervisor/uefi"};
	static const char *const names[] = {"linux,uefi-system-table", "xen,uefi-system-table"};
	struct fixture *fixture = *state;

	add_memory(fixture, "memory@0", (struct range){0, GIB(2)});
	add_node(fixture, 0, "chosen");
	add_node(fixture, add_node(fixture, 0, "hypervisor"), "uefi");
	assert_int_equal(fdt_add_mem_rsv(fixture->fdt, GIB(2), MIB(1)), 0);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		set_string(fixture, paths[i], names[i], "there");
		read_memory(fixture);
		EXPECT(&fixture->next.ram, {GIB(1), GIB(4)});
		EXPECT(&fixture->next.usable, {GIB(1), GIB(2)}, {GIB(2) + MIB(1), GIB(4)});
		fdt_delprop(fixture->fdt, fdt_path_offset(fixture->fdt, paths[i]), names[i]);
	}
	read_memory(fixture);
	EXPECT(&fixture->next.ram, {0, GIB(2)});
}

static void test_reservations(void **state)
{
	struct fixture *fixture = *state;

	add_memory(fixture, "memory@0", (struct range){0, GIB(4)});
	add_reserved(fixture);
	add_reservation(fixture, "mapped");
	add_range(fixture, "/reserved-memory/mapped", "reg", (struct range){GIB(1), GIB(1) + 1});
	add_reservation(fixture, "twice");
	set_flag(fixture, "/reserved-memory/twice", "no-map");
	add_range(fixture, "/reserved-memory/twice", "reg", (struct range){MIB(10), MIB(20)});
	add_range(fixture, "/reserved-memory/twice", "reg", (struct range){GIB(2), GIB(3)});
	add_reservation(fixture, "off");
	set_string(fixture, "/reserved-memory/off", "status", "disabled");
	add_range(fixture, "/reserved-memory/off", "reg", (struct range){GIB(3), GIB(4)});
	assert_int_equal(fdt_add_mem_rsv(fixture->fdt, 0, 0x1000), 0);
	/* What wraps around takes all up to the end. */
	assert_int_equal(fdt_add_mem_rsv(fixture->fdt, GIB(4) - MIB(1), UINT64_MAX), 0);
	read_memory(fixture);
	EXPECT(&fixture->next.usable, {0x1000, MIB(10)}, {MIB(20), GIB(1)}, {GIB(1) + 1, GIB(2)},
	       {GIB(3), GIB(4) - MIB(1)});
	EXPECT(&fixture->next.cacheable, {GIB(1), GIB(2)}, {GIB(3), GIB(4)});
}

/* Linux ignores what ranges says, and others do not. */
static void test_translated_reservation(void **state)
{
	static const uint32_t ranges[] = {0, 0x10000000, 0, 0x80000000, 0, 0x10000000};
	struct fixture *fixture = *state;
	fdt32_t cells[ARRAY_SIZE(ranges)];

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		cells[i] = cpu_to_fdt32(ranges[i]);
	add_memory(fixture, "memory@0", (struct range){0, GIB(4)});
	add_reserved(fixture);
	assert_int_equal(fdt_setprop(fixture->fdt,
				     fdt_path_offset(fixture->fdt, "/reserved-memory"), "ranges",
				     cells, sizeof(cells)),
			 0);
	add_reservation(fixture, "moved");
	add_range(fixture, "/reserved-memory/moved", "reg", (struct range){0x10100000, 0x10200000});
	read_memory(fixture);
	EXPECT(&fixture->next.usable, {0, 0x10100000}, {0x10200000, 0x80100000},
	       {0x80200000, GIB(4)});
}

static void set_size(struct fixture *fixture, const char *path, uint64_t size)
{
	assert_int_equal(
		fdt_setprop_u64(fixture->fdt, fdt_path_offset(fixture->fdt, path), "size", size),
		0);
}

/* The highest place there is, as Linux takes it. */
static void test_wanted(void **state)
{
	struct fixture *fixture = *state;

	add_memory(fixture, "memory@0", (struct range){GIB(1), GIB(4)});
	add_reserved(fixture);
	add_reservation(fixture, "nowhere");
	set_size(fixture, "/reserved-memory/nowhere", GIB(1));
	add_range(fixture, "/reserved-memory/nowhere", "alloc-ranges",
		  (struct range){GIB(5), GIB(6)});
	add_reservation(fixture, "cma");
	set_flag(fixture, "/reserved-memory/cma", "reusable");
	set_size(fixture, "/reserved-memory/cma", MIB(64));
	add_range(fixture, "/reserved-memory/cma", "alloc-ranges",
		  (struct range){GIB(1), GIB(2) + MIB(1)});
	add_reservation(fixture, "anywhere");
	set_size(fixture, "/reserved-memory/anywhere", MIB(16));
	read_memory(fixture);
	EXPECT(&fixture->next.wanted, {GIB(2) - MIB(64), GIB(2)}, {GIB(4) - MIB(16), GIB(4)});
	EXPECT(&fixture->next.usable, {GIB(1), GIB(4)});
}

/* 2 MiB blocks around the tree are RAM that is mapped; purgatory keeps a page away. */
static void test_distances(void **state)
{
	const uint64_t hole = GIB(2) + MIB(1), end = hole + 0x1000;
	struct fixture *fixture = *state;
	struct range_set places = {0};

	add_memory(fixture, "memory@0", (struct range){GIB(1), GIB(3)});
	add_reserved(fixture);
	add_reservation(fixture, "secure");
	set_flag(fixture, "/reserved-memory/secure", "no-map");
	add_range(fixture, "/reserved-memory/secure", "reg", (struct range){hole, end});
	read_memory(fixture);

	assert_int_equal(next_memory_find_dtb_places(&places, &fixture->next, 0x3000), 0);
	EXPECT(&places, {GIB(1), GIB(2) - MIB(2) + 0x3000},
	       {GIB(2) + MIB(2), GIB(3) - MIB(2) + 0x3000});
	range_set_free(&places);
	assert_true(next_memory_takes_dtb(&fixture->next, GIB(2) - MIB(2)));
	assert_false(next_memory_takes_dtb(&fixture->next, GIB(2) - MIB(2) + 8));
	assert_false(next_memory_takes_dtb(&fixture->next, GIB(2) + MIB(2) - 8));
	assert_true(next_memory_takes_dtb(&fixture->next, GIB(2) + MIB(2)));

	/* riscv64 maps a second block even so. */
	fixture->arch = &arch_riscv64;
	read_memory(fixture);
	assert_int_equal(next_memory_find_dtb_places(&places, &fixture->next, 0x3000), 0);
	EXPECT(&places, {GIB(1), GIB(2) - MIB(2) + 0x2fff},
	       {GIB(2) + MIB(2), GIB(3) - MIB(2) + 0x2fff});
	range_set_free(&places);
	assert_false(next_memory_takes_dtb(&fixture->next, GIB(2) - MIB(2)));
	assert_true(next_memory_takes_dtb(&fixture->next, GIB(2) - MIB(2) - 8));
	assert_true(next_memory_takes_dtb(&fixture->next, GIB(2) - MIB(4)));
	assert_false(next_memory_takes_dtb(&fixture->next, GIB(3) - MIB(2)));

	assert_int_equal(next_memory_find_code_places(&places, &fixture->next), 0);
	EXPECT(&places, {GIB(1) + 0x10000, hole - 0x10000}, {end + 0x10000, GIB(3) - 0x10000});
	range_set_free(&places);
	assert_true(next_memory_takes_code(&fixture->next,
					   (struct range){hole - 0x20000, hole - 0x10000}));
	assert_false(next_memory_takes_code(&fixture->next,
					    (struct range){hole - 0x20000, hole - 0xf000}));
	assert_false(next_memory_takes_code(&fixture->next,
					    (struct range){end + 0xf000, end + 0x20000}));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_memory_nodes),
		TEST(test_one_cell),
		TEST(test_efi),
		TEST(test_reservations),
		TEST(test_translated_reservation),
		TEST(test_wanted),
		TEST(test_distances),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
