/* SPDX-License-Identifier: GPL-2.0-only */
/* /proc/zoneinfo, and which zones an allocation reaches. */
#include "machine/zones.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

/* The zones of a node, lowest first, as the kernel prints them: pages. */
struct zone_text {
	unsigned int node;
	const char *name;
	unsigned long free, low, protection, cma, start, spanned;
};

#define EMPTY(node, name) {node, name, 0, 0, 0, 0, 0, 0}

static int set_up(void **state)
{
	return test_system_set_up(state, sizeof(struct test_system));
}

static void print_zone(FILE *stream, const struct zone_text *zone, bool first)
{
	fprintf(stream, "Node %u, zone %8s\n", zone->node, zone->name);
	if (first)
		fprintf(stream, "  per-node stats\n      nr_inactive_anon 1\n      nr_free 99\n");
	fprintf(stream,
		"  pages free     %lu\n        boost    0\n        min      1\n"
		"        low      %lu\n        high     77\n        spanned  %lu\n"
		"        present  66\n        managed  55\n        cma      44\n"
		"        protection: (0, 0, %lu, %lu, 0)\n",
		zone->free, zone->low, zone->spanned, zone->protection, zone->protection);
	if (!zone->spanned)
		return;
	fprintf(stream,
		"      nr_free_pages %lu\n      nr_zone_inactive_anon 3\n      nr_free_cma  %lu\n"
		"  pagesets\n    cpu: 0\n              count: 9\n              high:  8\n"
		"              batch: 7\n  vm stats threshold: 12\n"
		"  node_unreclaimable:  0\n  start_pfn:           %lu\n",
		zone->free, zone->cma, zone->start);
}

static void write_zones(const struct test_system *system, const struct zone_text *zones,
			size_t count)
{
	FILE *stream;
	char *text;
	size_t size;

	stream = open_memstream(&text, &size);
	assert_non_null(stream);
	for (size_t i = 0; i < count; i++)
		print_zone(stream, &zones[i], i == 0 || zones[i].node != zones[i - 1].node);
	fclose(stream);
	test_sysroot_write_text(system->directory, "/proc/zoneinfo", text);
	free(text);
}

static const struct zone_text one_zone[] = {
	{0, "DMA", 1000, 100, 0, 50, 0x40000, 0x80000},
	EMPTY(0, "DMA32"),
	EMPTY(0, "Normal"),
	EMPTY(0, "Movable"),
	EMPTY(0, "Device"),
};

static const struct zone_text three_zones[] = {
	{0, "DMA", 1000, 100, 300, 50, 0x40000, 0xc0000},
	EMPTY(0, "DMA32"),
	{0, "Normal", 2000, 200, 0, 0, 0x100000, 0x40000},
	{0, "Movable", 5000, 10, 0, 0, 0x140000, 0x40000},
	EMPTY(0, "Device"),
};

static const struct zone_text two_nodes[] = {
	{0, "DMA", 1000, 100, 300, 0, 0x40000, 0xc0000},
	EMPTY(0, "DMA32"),
	{0, "Normal", 2000, 200, 0, 0, 0x100000, 0x40000},
	EMPTY(0, "Movable"),
	EMPTY(0, "Device"),
	EMPTY(1, "DMA"),
	EMPTY(1, "DMA32"),
	{1, "Normal", 100, 200, 0, 0, 0x140000, 0x40000},
	EMPTY(1, "Movable"),
	EMPTY(1, "Device"),
};

static const struct zone_text other_node_has_enough[] = {
	{0, "DMA", 1000, 100, 300, 0, 0x40000, 0xc0000},
	{0, "Normal", 2000, 200, 0, 0, 0x100000, 0x40000},
	{1, "DMA", 0, 0, 0, 0, 0, 0},
	{1, "Normal", 3000, 200, 0, 0, 0x140000, 0x40000},
};

static void test_fields(void **state)
{
	const struct test_system *system = *state;
	struct zones zones;

	write_zones(system, three_zones, ARRAY_SIZE(three_zones));
	assert_int_equal(zones_read(&zones, 4096, &system->sysroot), 0);
	assert_int_equal(zones.count, 3);
	assert_string_equal(zones.zones[0].name, "DMA");
	assert_int_equal(zones.zones[0].range.start, 0x40000000);
	assert_int_equal(zones.zones[0].range.end, 0x100000000);
	assert_int_equal(zones.zones[0].available, (1000 - 100 - 300 - 50) * 4096);
	assert_string_equal(zones.zones[1].name, "Normal");
	assert_int_equal(zones.zones[1].available, 1800 * 4096);
	assert_true(zone_has_source_pages(&zones.zones[1]));
	assert_false(zone_has_source_pages(&zones.zones[2]));
	zones_free(&zones);

	write_zones(system, two_nodes, ARRAY_SIZE(two_nodes));
	assert_int_equal(zones_read(&zones, 65536, &system->sysroot), 0);
	assert_int_equal(zones.count, 3);
	assert_int_equal(zones.zones[2].node, 1);
	assert_int_equal(zones.zones[2].range.start, UINT64_C(0x1400000000));
	assert_int_equal(zones.zones[2].available, 0);
	zones_free(&zones);
}

/* Pages that are asked for, and by letters which zones are reached. */
static void test_reached(void **state)
{
	const struct test_system *system = *state;
	static const struct {
		const struct zone_text *zones;
		size_t count;
		uint64_t pages;
		const char *reached;
	} cases[] = {
		{one_zone, ARRAY_SIZE(one_zone), 1, "y"},
		{one_zone, ARRAY_SIZE(one_zone), 100000, "y"},
		{three_zones, ARRAY_SIZE(three_zones), 1800, "nyn"},
		{three_zones, ARRAY_SIZE(three_zones), 1801, "yyn"},
		{three_zones, ARRAY_SIZE(three_zones), 100000, "yyn"},
		{two_nodes, ARRAY_SIZE(two_nodes), 1, "yyy"},
		{other_node_has_enough, ARRAY_SIZE(other_node_has_enough), 1800, "nyy"},
		{other_node_has_enough, ARRAY_SIZE(other_node_has_enough), 2000, "yyy"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct zones zones;
		bool reached[ARRAY_SIZE(two_nodes)];
		char letters[ARRAY_SIZE(two_nodes) + 1] = "";

		write_zones(system, cases[i].zones, cases[i].count);
		assert_int_equal(zones_read(&zones, 4096, &system->sysroot), 0);
		zones_find_reached(&zones, cases[i].pages * 4096, reached);
		for (size_t j = 0; j < zones.count; j++)
			letters[j] = reached[j] ? 'y' : 'n';
		assert_string_equal(letters, cases[i].reached);
		zones_free(&zones);
	}
}

static void test_unreadable(void **state)
{
	const struct test_system *system = *state;
	static const char *const texts[] = {
		"",
		"pages free 5\n",
		"Node 0, zone Normal\n",
		"Node 0, zone Normal\n  pages free 5\n  spanned 0\n  start_pfn: 9\n",
		/* Beyond the address space. */
		"Node 0, zone Normal\n  spanned 9\n  start_pfn: 18446744073709551615\n",
	};
	struct zones zones;

	assert_int_equal(zones_read(&zones, 4096, &system->sysroot), -ENOENT);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		test_sysroot_write_text(system->directory, "/proc/zoneinfo", texts[i]);
		assert_int_equal(zones_read(&zones, 4096, &system->sysroot), -EINVAL);
		assert_null(zones.zones);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_fields, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_reached, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_unreadable, set_up, test_system_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
