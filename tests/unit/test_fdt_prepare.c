/* SPDX-License-Identifier: GPL-2.0-only */
/* A device tree that lacks what firmware would fill in, and a running one that has it. */
#include "plan/fdt_prepare.h"

#include <errno.h>
#include <libfdt.h>
#include <stdlib.h>

#include "devicetree/fdt_query.h"
#include "support.h"

#define MIB(number) (UINT64_C(number) << 20)
#define GIB(number) (UINT64_C(number) << 30)

#define TREE_SIZE 4096

struct fixture {
	struct test_log log;
	struct devicetree tree, running, prepared;
};

static void make_tree(struct devicetree *tree)
{
	tree->fdt = calloc(1, TREE_SIZE);
	tree->size = TREE_SIZE;
	assert_non_null(tree->fdt);
	assert_int_equal(fdt_create_empty_tree(tree->fdt, TREE_SIZE), 0);
	assert_int_equal(fdt_setprop_u32(tree->fdt, 0, "#address-cells", 2), 0);
	assert_int_equal(fdt_setprop_u32(tree->fdt, 0, "#size-cells", 2), 0);
	assert_true(fdt_add_subnode(tree->fdt, 0, "chosen") > 0);
}

static void add_node(void *fdt, int parent, const char *name, const char *flag, struct range range)
{
	int node = fdt_add_subnode(fdt, parent, name);

	assert_true(node > 0);
	assert_int_equal(
		fdt_appendprop_addrrange(fdt, parent, node, "reg", range.start, range_size(range)),
		0);
	if (flag)
		assert_int_equal(fdt_setprop_empty(fdt, node, flag), 0);
}

static void add_memory(void *fdt, const char *name, struct range range)
{
	add_node(fdt, 0, name, NULL, range);
	assert_int_equal(
		fdt_setprop_string(fdt, fdt_subnode_offset(fdt, 0, name), "device_type", "memory"),
		0);
}

/* As a boot loader left it: two banks, something secure in the first, the last initrd's place. */
static void make_running(struct devicetree *tree)
{
	int reserved, chosen;

	make_tree(tree);
	add_memory(tree->fdt, "memory@40000000", (struct range){GIB(1), GIB(2)});
	add_memory(tree->fdt, "memory@100000000", (struct range){GIB(4), GIB(5)});
	reserved = fdt_add_subnode(tree->fdt, 0, "reserved-memory");
	assert_true(reserved > 0);
	assert_int_equal(fdt_setprop_u32(tree->fdt, reserved, "#address-cells", 2), 0);
	assert_int_equal(fdt_setprop_u32(tree->fdt, reserved, "#size-cells", 2), 0);
	assert_int_equal(fdt_setprop_empty(tree->fdt, reserved, "ranges"), 0);
	add_node(tree->fdt, reserved, "secure", "no-map",
		 (struct range){GIB(1) + MIB(16), GIB(1) + MIB(32)});
	add_node(tree->fdt, reserved, "ramoops", NULL,
		 (struct range){GIB(1) + MIB(64), GIB(1) + MIB(65)});
	assert_int_equal(fdt_add_mem_rsv(tree->fdt, GIB(1), 0x1000), 0);
	assert_int_equal(fdt_add_mem_rsv(tree->fdt, GIB(1) + MIB(128), MIB(1)), 0);
	chosen = fdt_path_offset(tree->fdt, "/chosen");
	assert_int_equal(
		fdt_setprop_u64(tree->fdt, chosen, "linux,initrd-start", GIB(1) + MIB(128)), 0);
	assert_int_equal(fdt_setprop_u64(tree->fdt, chosen, "linux,initrd-end", GIB(1) + MIB(129)),
			 0);
}

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	test_log_open(&fixture->log);
	make_tree(&fixture->tree);
	make_running(&fixture->running);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	devicetree_free(&fixture->tree);
	devicetree_free(&fixture->running);
	devicetree_free(&fixture->prepared);
	test_log_close(&fixture->log);
	free(fixture);
	return 0;
}

static int prepare(struct fixture *fixture, const struct range_set *reservations)
{
	const struct fdt_prepare request = {
		.source = "x.dtb",
		.running = &fixture->running,
		.reservations = reservations,
	};

	return fdt_prepare_for_next(&fixture->prepared, &fixture->tree, &request,
				    &fixture->log.log);
}

static void expect(const struct range_set *set, const struct range *ranges, size_t count)
{
	assert_int_equal(set->count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(set->ranges[i].start, ranges[i].start);
		assert_int_equal(set->ranges[i].end, ranges[i].end);
	}
}

static void expect_ram(const void *fdt, const struct range *ranges, size_t count)
{
	struct range_set ram = {0};

	assert_int_equal(fdt_check_full(fdt, fdt_totalsize(fdt)), 0);
	assert_int_equal(fdt_query_ram(fdt, &ram), 0);
	expect(&ram, ranges, count);
	range_set_free(&ram);
}

static void expect_reservation(const void *fdt, int index, uint64_t address, uint64_t size)
{
	uint64_t found_address, found_size;

	assert_int_equal(fdt_get_mem_rsv(fdt, index, &found_address, &found_size), 0);
	assert_int_equal(found_address, address);
	assert_int_equal(found_size, size);
}

static const struct range filled[] = {
	{GIB(1), GIB(1) + MIB(16)}, {GIB(1) + MIB(32), GIB(2)}, {GIB(4), GIB(5)}};

/* What is reserved here stays reserved, but for the last initrd's place. */
static void expect_filled(const struct fixture *fixture)
{
	const void *fdt = fixture->prepared.fdt;

	expect_ram(fdt, filled, ARRAY_SIZE(filled));
	assert_int_equal(fdt_num_mem_rsv(fdt), 2);
	expect_reservation(fdt, 0, GIB(1), 0x1000);
	expect_reservation(fdt, 1, GIB(1) + MIB(64), MIB(1));
}

static void test_fills_zero_reg(void **state)
{
	struct fixture *fixture = *state;
	const char *type;

	add_memory(fixture->tree.fdt, "memory", (struct range){GIB(1), GIB(1)});
	assert_int_equal(prepare(fixture, NULL), 0);
	expect_filled(fixture);
	type = fdt_query_string(fixture->prepared.fdt, "/memory", "device_type");
	assert_string_equal(type, "memory");
	assert_true(fdt_path_offset(fixture->prepared.fdt, "/memory@40000000") < 0);
	test_log_expect_nothing(&fixture->log);
}

static void test_fills_without_node(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(prepare(fixture, NULL), 0);
	expect_filled(fixture);
	assert_true(fdt_path_offset(fixture->prepared.fdt, "/memory@40000000") > 0);
	test_log_expect_nothing(&fixture->log);
}

/* A tree with memory of its own is handed on as it is, and so is one for EFI. */
static void test_fills_nothing(void **state)
{
	static const struct range own = {GIB(2), GIB(3)};
	struct fixture *fixture = *state;
	int chosen;

	add_memory(fixture->tree.fdt, "memory@80000000", own);
	assert_int_equal(prepare(fixture, NULL), 0);
	expect_ram(fixture->prepared.fdt, &own, 1);
	assert_int_equal(fdt_num_mem_rsv(fixture->prepared.fdt), 0);
	devicetree_free(&fixture->prepared);

	devicetree_free(&fixture->tree);
	make_tree(&fixture->tree);
	chosen = fdt_path_offset(fixture->tree.fdt, "/chosen");
	assert_int_equal(fdt_setprop_u64(fixture->tree.fdt, chosen, "linux,uefi-system-table", 1),
			 0);
	assert_int_equal(prepare(fixture, NULL), 0);
	expect_ram(fixture->prepared.fdt, NULL, 0);
	test_log_expect_nothing(&fixture->log);
}

/* Here EFI describes memory, and there is no EFI for the next kernel. */
static void test_refuses_without_supply(void **state)
{
	struct fixture *fixture = *state;
	const int chosen = fdt_path_offset(fixture->running.fdt, "/chosen");

	assert_int_equal(
		fdt_setprop_u64(fixture->running.fdt, chosen, "linux,uefi-system-table", 1), 0);
	assert_int_equal(prepare(fixture, NULL), -EINVAL);
	test_log_expect(&fixture->log, "device tree x.dtb has no memory node with RAM (device_type "
				       "memory, reg), and EFI describes this system's RAM");
	assert_null(fixture->prepared.fdt);
}

/* What the tree reserves itself is not reserved once more. */
static void test_adds_reservations(void **state)
{
	static struct range firmware[] = {{0, 0x1000}, {GIB(2), GIB(2) + MIB(1)}};
	const struct range_set set = {.ranges = firmware, .count = ARRAY_SIZE(firmware)};
	struct fixture *fixture = *state;

	add_memory(fixture->tree.fdt, "memory@80000000", (struct range){GIB(2), GIB(3)});
	assert_int_equal(fdt_add_mem_rsv(fixture->tree.fdt, GIB(2), MIB(2)), 0);
	assert_int_equal(prepare(fixture, &set), 0);
	assert_int_equal(fdt_num_mem_rsv(fixture->prepared.fdt), 2);
	expect_reservation(fixture->prepared.fdt, 0, GIB(2), MIB(2));
	expect_reservation(fixture->prepared.fdt, 1, 0, 0x1000);
	test_log_expect_nothing(&fixture->log);
}

/* Linux does not unmap what a memory reservation has a byte of. */
static void test_reserves_nothing_unmapped(void **state)
{
	static struct range firmware[] = {{GIB(2), GIB(2) + MIB(8)}};
	const struct range_set set = {.ranges = firmware, .count = ARRAY_SIZE(firmware)};
	struct fixture *fixture = *state;
	int reserved;

	add_memory(fixture->tree.fdt, "memory@80000000", (struct range){GIB(2), GIB(3)});
	reserved = fdt_add_subnode(fixture->tree.fdt, 0, "reserved-memory");
	assert_true(reserved > 0);
	assert_int_equal(fdt_setprop_u32(fixture->tree.fdt, reserved, "#address-cells", 2), 0);
	assert_int_equal(fdt_setprop_u32(fixture->tree.fdt, reserved, "#size-cells", 2), 0);
	add_node(fixture->tree.fdt, reserved, "secure", "no-map",
		 (struct range){GIB(2) + MIB(2), GIB(2) + MIB(4)});
	assert_int_equal(prepare(fixture, &set), 0);
	assert_int_equal(fdt_num_mem_rsv(fixture->prepared.fdt), 2);
	expect_reservation(fixture->prepared.fdt, 0, GIB(2), MIB(2));
	expect_reservation(fixture->prepared.fdt, 1, GIB(2) + MIB(4), MIB(4));
	test_log_expect_nothing(&fixture->log);
}

/* A root without cells has one of each to Linux, and two for addresses to libfdt. */
static void test_fills_one_cell(void **state)
{
	static const struct range low[] = {{GIB(1), GIB(1) + MIB(16)}, {GIB(1) + MIB(32), GIB(2)}};
	struct fixture *fixture = *state;

	assert_int_equal(fdt_delprop(fixture->tree.fdt, 0, "#address-cells"), 0);
	assert_int_equal(fdt_delprop(fixture->tree.fdt, 0, "#size-cells"), 0);
	assert_int_equal(prepare(fixture, NULL), -EINVAL);
	test_log_expect(&fixture->log, "too few #address-cells or #size-cells");
	assert_int_equal(fdt_del_node(fixture->running.fdt,
				      fdt_path_offset(fixture->running.fdt, "/memory@100000000")),
			 0);
	assert_int_equal(prepare(fixture, NULL), 0);
	expect_ram(fixture->prepared.fdt, low, ARRAY_SIZE(low));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_fills_zero_reg),
		TEST(test_fills_without_node),
		TEST(test_fills_nothing),
		TEST(test_refuses_without_supply),
		TEST(test_fills_one_cell),
		TEST(test_adds_reservations),
		TEST(test_reserves_nothing_unmapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
