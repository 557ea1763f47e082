/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page-table builder on cases known beforehand: entries as the specifications spell them, the
 * sizes of leaves, and what it refuses. Random mappings are in test_page_table_random.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch/page_table_formats.h"
#include "page_table_names.h"
#include "plan/page_table.h"
#include "support.h"

#define KIB UINT64_C(0x400)
#define MIB UINT64_C(0x100000)
#define GIB UINT64_C(0x40000000)
#define TIB UINT64_C(0x10000000000)

#define PAGE (4 * KIB)

/* Where the tables of these tests lie: above 4 GiB, and still within Sv32's 34 bits. */
#define TABLES UINT64_C(0x123456000)

/* --- Entries, bit by bit -------------------------------------------------------------------- */

struct slot {
	unsigned int table; /* 0: the root */
	unsigned int index;
	uint64_t entry;
};

struct exact_case {
	const struct page_table_format *format;
	struct mapping mapping;
	unsigned int tables; /* 0: end of the list */
	struct slot slots[5];
};

static const struct exact_case exact_cases[] = {
	/* arm64: root, table, table, page; one page of each intent at 1 GiB. */
	{EL1_39,
	 {GIB, GIB, PAGE, MAP_CODE, "code"},
	 3,
	 {{0, 1, 0x123457003}, {1, 0, 0x123458003}, {2, 0, 0x0040000040000783}}},
	{EL1_39,
	 {GIB, GIB, PAGE, MAP_RODATA, "rodata"},
	 3,
	 {{0, 1, 0x123457003}, {1, 0, 0x123458003}, {2, 0, 0x0060000040000783}}},
	{EL1_39,
	 {GIB, GIB, PAGE, MAP_DATA, "data"},
	 3,
	 {{0, 1, 0x123457003}, {1, 0, 0x123458003}, {2, 0, 0x0060000040000703}}},
	{EL1_39,
	 {GIB, GIB, PAGE, MAP_PAYLOAD, "payload"},
	 3,
	 {{0, 1, 0x123457003}, {1, 0, 0x123458003}, {2, 0, 0x0060000040000783}}},
	{EL1_39,
	 {GIB, GIB, PAGE, MAP_DEVICE, "device"},
	 3,
	 {{0, 1, 0x123457003}, {1, 0, 0x123458003}, {2, 0, 0x0060000040000413}}},
	{EL1_39,
	 {GIB, GIB, PAGE, MAP_WRITE_COMBINE, "log"},
	 3,
	 {{0, 1, 0x123457003}, {1, 0, 0x123458003}, {2, 0, 0x006000004000040b}}},
	{EL1_39,
	 {GIB, GIB, PAGE, MAP_UNCACHED, "log"},
	 3,
	 {{0, 1, 0x123457003}, {1, 0, 0x123458003}, {2, 0, 0x006000004000040f}}},
	/* EL2 without E2H: AP[1] set, XN in the place of UXN, no PXN. */
	{EL2_39,
	 {GIB, GIB, PAGE, MAP_CODE, "code"},
	 3,
	 {{0, 1, 0x123457003}, {1, 0, 0x123458003}, {2, 0, 0x00000000400007c3}}},
	{EL2_39,
	 {GIB, GIB, PAGE, MAP_RODATA, "rodata"},
	 3,
	 {{0, 1, 0x123457003}, {1, 0, 0x123458003}, {2, 0, 0x00400000400007c3}}},
	{EL2_39,
	 {GIB, GIB, PAGE, MAP_DATA, "data"},
	 3,
	 {{0, 1, 0x123457003}, {1, 0, 0x123458003}, {2, 0, 0x0040000040000743}}},
	{EL2_39,
	 {GIB, GIB, PAGE, MAP_PAYLOAD, "payload"},
	 3,
	 {{0, 1, 0x123457003}, {1, 0, 0x123458003}, {2, 0, 0x00400000400007c3}}},
	{EL2_39,
	 {GIB, GIB, PAGE, MAP_DEVICE, "device"},
	 3,
	 {{0, 1, 0x123457003}, {1, 0, 0x123458003}, {2, 0, 0x0040000040000453}}},
	{EL2_39,
	 {GIB, GIB, PAGE, MAP_WRITE_COMBINE, "log"},
	 3,
	 {{0, 1, 0x123457003}, {1, 0, 0x123458003}, {2, 0, 0x004000004000044b}}},
	{EL2_39,
	 {GIB, GIB, PAGE, MAP_UNCACHED, "log"},
	 3,
	 {{0, 1, 0x123457003}, {1, 0, 0x123458003}, {2, 0, 0x004000004000044f}}},
	/* Blocks of 2 MiB and 1 GiB. */
	{EL1_39,
	 {GIB + 2 * MIB, GIB + 2 * MIB, 2 * MIB, MAP_PAYLOAD, "2M"},
	 2,
	 {{0, 1, 0x123457003}, {1, 1, 0x0060000040200781}}},
	{EL1_39, {GIB, GIB, GIB, MAP_PAYLOAD, "1G"}, 1, {{0, 1, 0x0060000040000781}}},
	{EL2_39, {GIB, GIB, GIB, MAP_PAYLOAD, "1G"}, 1, {{0, 1, 0x00400000400007c1}}},
	{EL2_48,
	 {TIB, TIB, GIB, MAP_DATA, "1G"},
	 2,
	 {{0, 2, 0x123457003}, {1, 0, 0x0040010000000741}}},
	/* The last page of 48 bits. */
	{EL1_48,
	 {0xfffffffff000, 0xfffffffff000, PAGE, MAP_CODE, "last"},
	 4,
	 {{0, 511, 0x123457003},
	  {1, 511, 0x123458003},
	  {2, 511, 0x123459003},
	  {3, 511, 0x0040fffffffff783}}},
	/* TTBR1: the first and the last of its addresses. */
	{UPPER_39,
	 {0xffffff8000000000, GIB, GIB, MAP_CODE, "first"},
	 1,
	 {{0, 0, 0x0040000040000781}}},
	{UPPER_39,
	 {0xffffffffc0000000, GIB, GIB, MAP_CODE, "last"},
	 1,
	 {{0, 511, 0x0040000040000781}}},
	{UPPER_48,
	 {0xffff000000000000, GIB, 2 * MIB, MAP_CODE, "first"},
	 3,
	 {{0, 0, 0x123457003}, {1, 0, 0x123458003}, {2, 0, 0x0040000040000781}}},
	{UPPER_48,
	 {0xfffffffffffff000, GIB, PAGE, MAP_CODE, "last"},
	 4,
	 {{0, 511, 0x123457003},
	  {1, 511, 0x123458003},
	  {2, 511, 0x123459003},
	  {3, 511, 0x0040000040000783}}},

	/* riscv: page number from bit 10 on; V R W X are bits 0 to 3, A and D bits 6 and 7. */
	{SV39,
	 {0x80200000, 0x80200000, PAGE, MAP_CODE, "code"},
	 3,
	 {{0, 2, 0x48d15c01}, {1, 1, 0x48d16001}, {2, 0, 0x2008004b}}},
	{SV39,
	 {0x80200000, 0x80200000, PAGE, MAP_RODATA, "rodata"},
	 3,
	 {{0, 2, 0x48d15c01}, {1, 1, 0x48d16001}, {2, 0, 0x20080043}}},
	{SV39,
	 {0x80200000, 0x80200000, PAGE, MAP_DATA, "data"},
	 3,
	 {{0, 2, 0x48d15c01}, {1, 1, 0x48d16001}, {2, 0, 0x200800c7}}},
	{SV39,
	 {0x80200000, 0x80200000, PAGE, MAP_PAYLOAD, "payload"},
	 3,
	 {{0, 2, 0x48d15c01}, {1, 1, 0x48d16001}, {2, 0, 0x20080043}}},
	{SV39,
	 {0x80200000, 0x80200000, PAGE, MAP_DEVICE, "device"},
	 3,
	 {{0, 2, 0x48d15c01}, {1, 1, 0x48d16001}, {2, 0, 0x200800c7}}},
	{SV39,
	 {0x80200000, 0x80200000, 2 * MIB, MAP_PAYLOAD, "2M"},
	 2,
	 {{0, 2, 0x48d15c01}, {1, 1, 0x20080043}}},
	{SV39, {0x80000000, 0x80000000, GIB, MAP_PAYLOAD, "1G"}, 1, {{0, 2, 0x20000043}}},
	/* The ends of both halves, and the last physical addresses. */
	{SV39, {0x3fc0000000, 0, GIB, MAP_DATA, "low end"}, 1, {{0, 255, 0xc7}}},
	{SV39, {0xffffffc000000000, 0, GIB, MAP_DATA, "high start"}, 1, {{0, 256, 0xc7}}},
	{SV39,
	 {0xffffffffc0000000, 0xffffffc0000000, GIB, MAP_DATA, "high end"},
	 1,
	 {{0, 511, 0x003ffffff00000c7}}},
	{SV48, {TIB / 2, TIB / 2, TIB / 2, MAP_CODE, "512G"}, 1, {{0, 1, 0x200000004b}}},
	{SV48,
	 {0xffff800000000000, 0, PAGE, MAP_CODE, "high"},
	 4,
	 {{0, 256, 0x48d15c01}, {1, 0, 0x48d16001}, {2, 0, 0x48d16401}, {3, 0, 0x4b}}},
	{SV57, {256 * TIB, 256 * TIB, 256 * TIB, MAP_DATA, "256T"}, 1, {{0, 1, 0x4000000000c7}}},
	{SV57,
	 {0xff00000000000000, 0xfffffffffff000, PAGE, MAP_CODE, "high"},
	 5,
	 {{0, 256, 0x48d15c01},
	  {1, 0, 0x48d16001},
	  {2, 0, 0x48d16401},
	  {3, 0, 0x48d16801},
	  {4, 0, 0x003ffffffffffc4b}}},
	{SV32, {0x80400000, 0x80400000, 4 * MIB, MAP_PAYLOAD, "4M"}, 1, {{0, 0x201, 0x20100043}}},
	{SV32,
	 {0xfffff000, 0x3fffff000, PAGE, MAP_DATA, "last"},
	 2,
	 {{0, 1023, 0x48d15c01}, {1, 1023, 0xfffffcc7}}},
};

static void put_slot(const struct page_table_format *format, uint8_t *tables, struct slot slot)
{
	const unsigned int size = format == SV32 ? 4 : 8;

	for (unsigned int i = 0; i < size; i++)
		tables[slot.table * PAGE + slot.index * size + i] = slot.entry >> (8 * i) & 0xff;
}

/* The tables have exactly these entries; and what the memory held before, only behind them. */
static void check_exact_case(const struct exact_case *c, struct test_log *log)
{
	const size_t size = c->tables * PAGE;
	uint8_t *expected = calloc(1, size + PAGE);
	uint8_t *tables = malloc(size + PAGE);
	struct mapping mapping = c->mapping;

	assert_non_null(expected);
	assert_non_null(tables);
	memset(tables, 0xa5, size + PAGE);
	memset(expected + size, 0xa5, PAGE);
	for (size_t i = 0; i < ARRAY_SIZE(c->slots); i++)
		if (c->slots[i].entry)
			put_slot(c->format, expected, c->slots[i]);

	assert_int_equal(page_table_check(c->format, &mapping, 1, &log->log), 0);
	assert_int_equal(page_table_count(c->format, &mapping, 1), c->tables);
	assert_int_equal(
		page_table_build(c->format, &mapping, 1, tables, size + PAGE, TABLES, &log->log),
		0);
	if (memcmp(tables, expected, size + PAGE))
		fail_msg("%s of %s: other entries", c->mapping.name, c->format->name);
	test_log_expect_nothing(log);
	free(tables);
	free(expected);
}

static void test_entries(void **state)
{
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(exact_cases); i++)
		check_exact_case(&exact_cases[i], &log);
	test_log_close(&log);
}

/* --- How many tables ------------------------------------------------------------------------ */

struct count_case {
	const struct page_table_format *format;
	struct mapping mappings[4]; /* up to the first of size 0 */
	uint64_t tables;
};

#define IDENTITY(address, size)		      {address, address, size, MAP_PAYLOAD, "payload"}
#define ALIAS(virtual_address, address, size) {virtual_address, address, size, MAP_CODE, "alias"}

static const struct count_case count_cases[] = {
	/* All of it in leaves of the root. */
	{SV39, {IDENTITY(0, 256 * GIB)}, 1},
	{SV48, {IDENTITY(0, 128 * TIB)}, 1},
	{SV57, {IDENTITY(0, 256 * 256 * TIB)}, 1},
	{SV32, {IDENTITY(0, 4 * GIB)}, 1},
	{EL1_39, {IDENTITY(0, 512 * GIB)}, 1},
	/* arm64 has no leaf of 512 GiB: a table of 1 GiB leaves for each. */
	{EL1_48, {IDENTITY(0, TIB)}, 3},
	{EL2_48, {IDENTITY(0, 256 * TIB)}, 513},
	/* One page more, or less, at the end or at the start: a table for each level below. */
	{SV39, {IDENTITY(GIB, GIB + PAGE)}, 3},
	{SV39, {IDENTITY(GIB, GIB - PAGE)}, 3},
	{SV39, {IDENTITY(GIB - PAGE, GIB + PAGE)}, 3},
	{SV39, {IDENTITY(GIB - PAGE, GIB + 2 * PAGE)}, 5},
	{EL1_48, {IDENTITY(64 * GIB - PAGE, 64 * GIB + 2 * PAGE)}, 6},
	{SV57, {IDENTITY(256 * TIB - PAGE, 2 * PAGE)}, 9},
	/* Without common alignment the leaves are small, however large the mapping is. */
	{SV39, {ALIAS(GIB, 2 * GIB + PAGE, 2 * MIB)}, 3},
	{SV39, {ALIAS(GIB, 2 * GIB + PAGE, GIB)}, 2 + 512},
	{SV39, {ALIAS(GIB, 2 * GIB + 2 * MIB, GIB)}, 2},
	{SV48, {ALIAS(TIB, TIB + GIB, TIB)}, 3},
	/* Identity and alias share tables at as many levels as their addresses share indices. */
	{SV39, {IDENTITY(GIB, PAGE), ALIAS(GIB + PAGE, GIB, PAGE)}, 3},
	{SV39, {IDENTITY(GIB, PAGE), ALIAS(GIB + 2 * MIB, GIB, PAGE)}, 4},
	{SV39, {IDENTITY(GIB, PAGE), ALIAS(2 * GIB, GIB, PAGE)}, 5},
	{SV39, {IDENTITY(GIB, PAGE), ALIAS(0xffffffd800000000, GIB, PAGE)}, 5},
	{SV48, {IDENTITY(GIB, PAGE), ALIAS(GIB + PAGE, GIB, PAGE)}, 4},
	{SV48, {IDENTITY(GIB, PAGE), ALIAS(2 * GIB, GIB, PAGE)}, 6},
	{SV48, {IDENTITY(GIB, PAGE), ALIAS(0xffffaf8000000000, GIB, PAGE)}, 7},
	{SV57, {IDENTITY(GIB, PAGE), ALIAS(0xff60000000000000, GIB, PAGE)}, 9},
	{SV32, {IDENTITY(GIB, PAGE), ALIAS(3 * GIB, GIB, PAGE)}, 3},
	/* Given out of order, with neighbours that share a table but no leaf. */
	{SV39, {IDENTITY(4 * GIB, PAGE), IDENTITY(GIB + MIB, MIB), IDENTITY(GIB, MIB)}, 5},
	{EL1_39, {IDENTITY(2 * GIB, GIB), IDENTITY(3 * GIB, 2 * MIB), IDENTITY(0, GIB)}, 2},
};

static void test_count(void **state)
{
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(count_cases); i++) {
		const struct count_case *c = &count_cases[i];
		struct mapping mappings[ARRAY_SIZE(c->mappings)];
		size_t count = 0;
		uint64_t tables;

		while (count < ARRAY_SIZE(mappings) && c->mappings[count].size)
			count++;
		memcpy(mappings, c->mappings, sizeof(mappings));
		assert_int_equal(page_table_check(c->format, mappings, count, &log.log), 0);
		tables = page_table_count(c->format, mappings, count);
		if (tables != c->tables)
			fail_msg("case %zu, %s: %llu tables, not %llu", i, c->format->name,
				 (unsigned long long)tables, (unsigned long long)c->tables);
	}
	test_log_expect_nothing(&log);
	test_log_close(&log);
}

/* Segments at odd pages, far apart: two tables per level and segment, whatever their size. */
static void test_growth(void **state)
{
	static const struct {
		const struct page_table_format *format;
		uint64_t tables; /* per segment, besides the root */
	} cases[] = {{EL1_48, 6}, {SV48, 6}, {SV57, 8}};
	static const uint64_t sizes[] = {4 * MIB, 250 * MIB, 4 * GIB, 64 * GIB, 500 * GIB};
	struct mapping mappings[16];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(sizes); j++) {
			for (uint64_t n = 0; n < ARRAY_SIZE(mappings); n++) {
				const uint64_t count = n + 1;

				mappings[n] =
					(struct mapping)IDENTITY(n * 2 * TIB + PAGE, sizes[j]);
				assert_true(page_table_count(cases[i].format, mappings, count) <=
					    1 + count * cases[i].tables);
			}
		}
	}
}

/* --- What is refused ------------------------------------------------------------------------ */

struct bad_case {
	const struct page_table_format *format;
	struct mapping mappings[2];
	size_t count;
	int error;
	const char *message;
};

static const struct bad_case bad_cases[] = {
	{SV39, {{0}}, 0, -EINVAL, "nothing to map"},
	{SV39, {{GIB, GIB, 0, MAP_DATA, "a"}}, 1, -EINVAL, "the mapping of a is empty"},

	{SV39, {{GIB + 1, GIB, PAGE, MAP_DATA, "a"}}, 1, -EINVAL, "a at 0x40000000 is not made"},
	{SV39, {{GIB, GIB + 8, PAGE, MAP_DATA, "a"}}, 1, -EINVAL, "a at 0x40000008 is not made"},
	{SV39, {{GIB, GIB, PAGE - 1, MAP_DATA, "a"}}, 1, -EINVAL, "not made of whole pages"},
	{SV32, {{GIB, GIB, 0x1800, MAP_DATA, "a"}}, 1, -EINVAL, "not made of whole pages"},

	{SV39, {{-PAGE, 0, 2 * PAGE, MAP_DATA, "a"}}, 1, -EOVERFLOW, "0x2000 bytes at 0x0, wraps"},
	{SV39, {{0, -PAGE, 2 * PAGE, MAP_DATA, "a"}}, 1, -EOVERFLOW, "wraps around"},
	{SV57, {{PAGE, 0, -PAGE, MAP_DATA, "a"}}, 1, -ERANGE, "physical addresses of sv57"},
	{SV57, {{2 * PAGE, 0, -PAGE, MAP_DATA, "a"}}, 1, -EOVERFLOW, "wraps around"},

	/* One page beyond the last physical address. */
	{SV32, {{0, 16 * GIB, PAGE, MAP_DATA, "a"}}, 1, -ERANGE, "physical addresses of sv32"},
	{SV32,
	 {{0, 16 * GIB - PAGE, 2 * PAGE, MAP_DATA, "a"}},
	 1,
	 -ERANGE,
	 "a at 0x3fffff000 is beyond the physical addresses of sv32"},
	{EL1_48, {{0, 256 * TIB, PAGE, MAP_DATA, "a"}}, 1, -ERANGE, "physical addresses of arm64"},
	{UPPER_48, {{-PAGE, 256 * TIB, PAGE, MAP_DATA, "a"}}, 1, -ERANGE, "physical addresses"},
	{SV39, {{0, 0x100000000000000, PAGE, MAP_DATA, "a"}}, 1, -ERANGE, "physical addresses"},
	{SV48, {{0, 0x100000000000000, PAGE, MAP_DATA, "a"}}, 1, -ERANGE, "physical addresses"},
	{SV57, {{0, 0x100000000000000, PAGE, MAP_DATA, "a"}}, 1, -ERANGE, "physical addresses"},
	{EL1_39, {{0, -PAGE, PAGE, MAP_DATA, "a"}}, 1, -ERANGE, "physical addresses"},

	/* One page beyond the virtual addresses, in each direction. */
	{EL1_39, {{512 * GIB, 0, PAGE, MAP_DATA, "a"}}, 1, -ERANGE, "0x8000000000 is outside"},
	{EL1_39, {{512 * GIB - PAGE, 0, 2 * PAGE, MAP_DATA, "a"}}, 1, -ERANGE, "virtual addr"},
	{EL2_39, {{512 * GIB, 0, PAGE, MAP_DATA, "a"}}, 1, -ERANGE, "virtual addr"},
	{EL1_48, {{256 * TIB, 0, PAGE, MAP_DATA, "a"}}, 1, -ERANGE, "virtual addr"},
	{EL2_48, {{256 * TIB, 0, PAGE, MAP_DATA, "a"}}, 1, -ERANGE, "virtual addr"},
	{EL1_48, {{-PAGE, 0, PAGE, MAP_DATA, "a"}}, 1, -ERANGE, "virtual addresses of arm64-48"},
	{UPPER_39, {{0xffffff7ffffff000, 0, PAGE, MAP_CODE, "a"}}, 1, -ERANGE, "virtual addr"},
	{UPPER_48, {{0xfffefffffffff000, 0, PAGE, MAP_CODE, "a"}}, 1, -ERANGE, "virtual addr"},
	{UPPER_39, {{0, 0, PAGE, MAP_CODE, "a"}}, 1, -ERANGE, "virtual addr"},
	{UPPER_48, {{0, 0, PAGE, MAP_CODE, "a"}}, 1, -ERANGE, "virtual addr"},
	{SV32, {{4 * GIB, 0, PAGE, MAP_DATA, "a"}}, 1, -ERANGE, "virtual addresses of sv32"},
	{SV39, {{256 * GIB, 0, PAGE, MAP_DATA, "a"}}, 1, -ERANGE, "0x4000000000 is outside"},
	{SV39, {{256 * GIB - PAGE, 0, 2 * PAGE, MAP_DATA, "a"}}, 1, -ERANGE, "virtual addr"},
	{SV39, {{0xffffffbffffff000, 0, PAGE, MAP_DATA, "a"}}, 1, -ERANGE, "virtual addr"},
	{SV48, {{128 * TIB, 0, PAGE, MAP_DATA, "a"}}, 1, -ERANGE, "virtual addresses of sv48"},
	{SV48, {{0xffff7ffffffff000, 0, PAGE, MAP_DATA, "a"}}, 1, -ERANGE, "virtual addr"},
	{SV57, {{0x100000000000000, 0, PAGE, MAP_DATA, "a"}}, 1, -ERANGE, "virtual addr"},
	{SV57, {{0xfefffffffffff000, 0, PAGE, MAP_DATA, "a"}}, 1, -ERANGE, "virtual addr"},

	/* Two that want the same address, in either order. */
	{SV39,
	 {{GIB, GIB, 2 * PAGE, MAP_DATA, "a"}, {GIB + PAGE, GIB + PAGE, PAGE, MAP_CODE, "b"}},
	 2,
	 -EEXIST,
	 "a and b both want address 0x40001000"},
	{SV39,
	 {{GIB + PAGE, GIB + PAGE, PAGE, MAP_CODE, "b"}, {GIB, GIB, 2 * PAGE, MAP_DATA, "a"}},
	 2,
	 -EEXIST,
	 "a and b both want address 0x40001000"},
	{EL1_39,
	 {{GIB, GIB, PAGE, MAP_DATA, "a"}, {GIB, 2 * GIB, PAGE, MAP_DATA, "b"}},
	 2,
	 -EEXIST,
	 "both want address 0x40000000"},
};

static void test_bad_mappings(void **state)
{
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(bad_cases); i++) {
		const struct bad_case *c = &bad_cases[i];
		struct mapping mappings[ARRAY_SIZE(c->mappings)];

		memcpy(mappings, c->mappings, sizeof(mappings));
		assert_int_equal(page_table_check(c->format, mappings, c->count, &log.log),
				 c->error);
		test_log_expect(&log, c->message);
	}
	test_log_close(&log);
}

/* A place that does not fit; nothing is written then. */
static void test_bad_places(void **state)
{
	static const struct {
		uint64_t size, address;
		int error;
		const char *message;
	} cases[] = {
		{0, TABLES, -ENOSPC, "0 bytes are too few, sv39 needs 12288"},
		{3 * PAGE - 1, TABLES, -ENOSPC, "12287 bytes are too few"},
		{3 * PAGE, TABLES + 8, -EINVAL, "0x123456008 is not that of a page"},
		{3 * PAGE, UINT64_C(1) << 56, -ERANGE, "beyond the physical addresses of sv39"},
		{3 * PAGE, (UINT64_C(1) << 56) - 2 * PAGE, -ERANGE, "beyond the physical"},
		{3 * PAGE, -PAGE, -ERANGE, "beyond the physical"},
		{3 * PAGE, (UINT64_C(1) << 56) - 3 * PAGE, 0, NULL},
	};
	const struct mapping mapping = IDENTITY(GIB, PAGE);
	uint8_t tables[3 * PAGE], before[3 * PAGE];
	struct test_log log;

	(void)state;
	test_log_open(&log);
	memset(tables, 0xa5, sizeof(tables));
	memcpy(before, tables, sizeof(tables));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(page_table_build(SV39, &mapping, 1, tables, cases[i].size,
						  cases[i].address, &log.log),
				 cases[i].error);
		assert_int_equal(!memcmp(tables, before, sizeof(tables)), cases[i].error != 0);
		if (cases[i].error)
			test_log_expect(&log, cases[i].message);
	}
	test_log_expect_nothing(&log);
	test_log_close(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries),	   cmocka_unit_test(test_count),
		cmocka_unit_test(test_growth),	   cmocka_unit_test(test_bad_mappings),
		cmocka_unit_test(test_bad_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
