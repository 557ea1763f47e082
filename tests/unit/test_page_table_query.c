/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading page tables back: entries made by hand, right ones and each kind of wrong one. */
#include <endian.h>
#include <string.h>

#include "arch/page_table_formats.h"
#include "page_table_names.h"
#include "plan/page_table_query.h"
#include "support.h"

#define PAGE   4096
#define TABLES UINT64_C(0x123456000)
#define LEVELS 5

struct entry_case {
	const struct page_table_format *format;
	unsigned int level; /* of the table that holds the entry */
	uint64_t entry;
	struct page_table_entry expected; /* level, virtual address and size left out */
};

/* What entries may be, the complaint being NULL for right ones. */
#define HOLE(text) {.kind = PAGE_TABLE_HOLE, .complaint = (text)}
#define TABLE(address, text) \
	{.kind = PAGE_TABLE_TABLE, .physical_address = (address), .complaint = (text)}
#define LEAF(address, r, w, x, d, text) \
	{.kind = PAGE_TABLE_LEAF,       \
	 .physical_address = (address), \
	 .readable = (r),               \
	 .writable = (w),               \
	 .executable = (x),             \
	 .device = (d),                 \
	 .complaint = (text)}

static const struct entry_case riscv_cases[] = {
	{SV39, 0, 0, HOLE(NULL)},
	{SV39, 0, 0x2008004a, HOLE("invalid, but not zero")},
	{SV39, 0, 0x2008004b, LEAF(0x80200000, true, false, true, false, NULL)},
	{SV39, 0, 0x20080043, LEAF(0x80200000, true, false, false, false, NULL)},
	{SV39, 0, 0x200800c7, LEAF(0x80200000, true, true, false, false, NULL)},
	{SV39, 0, 0x3ffffffffffcc7, LEAF(0xfffffffffff000, true, true, false, false, NULL)},
	{SV32, 0, 0xfffffc43, LEAF(0x3fffff000, true, false, false, false, NULL)},
	{SV39, 1, 0x2008004b, LEAF(0x80200000, true, false, true, false, NULL)},
	{SV48, 3, 0x2000000043, LEAF(0x8000000000, true, false, false, false, NULL)},
	{SV57, 4, 0x400000000043, LEAF(0x1000000000000, true, false, false, false, NULL)},
	{SV32, 1, 0x20100043, LEAF(0x80400000, true, false, false, false, NULL)},

	{SV39, 0, 0x200800cf, LEAF(0x80200000, true, true, true, false, "writable and exec")},
	{SV39, 0, 0x200800c5, LEAF(0x80200000, false, true, false, false, "W without R")},
	{SV39, 0, 0x20080053, LEAF(0x80200000, true, false, false, false, "user mode")},
	{SV39, 0, 0x20080063, LEAF(0x80200000, true, false, false, false, "global")},
	{SV39, 0, 0x20080003, LEAF(0x80200000, true, false, false, false, "A is clear")},
	{SV39, 0, 0x20080047, LEAF(0x80200000, true, true, false, false, "D is clear")},
	{SV39, 0, 0x200800c3, LEAF(0x80200000, true, false, false, false, "D is set")},
	{SV39, 0, 0x20080143, LEAF(0x80200000, true, false, false, false, "for software")},
	{SV39, 0, 0x20080243, LEAF(0x80200000, true, false, false, false, "for software")},
	{SV39, 0, 0x40000020080043, LEAF(0x80200000, true, false, false, false, "reserved")},
	{SV39, 0, 0x2000000020080043, LEAF(0x80200000, true, false, false, false, "reserved")},
	{SV39, 0, 0x8000000020080043, LEAF(0x80200000, true, false, false, false, "reserved")},
	{SV39, 1, 0x20000443, LEAF(0x80001000, true, false, false, false, "misaligned")},
	{SV39, 2, 0x20080043, LEAF(0x80200000, true, false, false, false, "misaligned")},
	{SV48, 3, 0x20000043, LEAF(0x80000000, true, false, false, false, "misaligned")},
	{SV57, 4, 0x2000000043, LEAF(0x8000000000, true, false, false, false, "misaligned")},
	{SV32, 1, 0x20080043, LEAF(0x80200000, true, false, false, false, "misaligned")},

	{SV39, 0, 0x48d15801, TABLE(TABLES, "in the last level")},
	{SV39, 1, 0x48d15841, TABLE(TABLES, "reserved bits of a pointer")},
	{SV39, 1, 0x48d15881, TABLE(TABLES, "reserved bits of a pointer")},
	{SV39, 1, 0x48d15811, TABLE(TABLES, "reserved bits of a pointer")},
	{SV39, 1, 0x48d15821, TABLE(TABLES, "global")},
	{SV39, 1, 0x8000000048d15801, TABLE(TABLES, "reserved bits are set")},
	{SV39, 1, 0x48d15901, TABLE(TABLES, "bits for software")},
};

static const struct entry_case arm64_cases[] = {
	{EL1_39, 0, 0, HOLE(NULL)},
	{EL1_39, 0, 0x0040000040000782, HOLE("invalid, but not zero")},
	{EL1_39, 0, 0x0040000040000783, LEAF(0x40000000, true, false, true, false, NULL)},
	{EL1_39, 0, 0x0060000040000783, LEAF(0x40000000, true, false, false, false, NULL)},
	{EL1_39, 0, 0x0060000040000703, LEAF(0x40000000, true, true, false, false, NULL)},
	{EL1_39, 0, 0x0060000040000413, LEAF(0x40000000, true, true, false, true, NULL)},
	{EL2_39, 0, 0x00000000400007c3, LEAF(0x40000000, true, false, true, false, NULL)},
	{EL2_39, 0, 0x00400000400007c3, LEAF(0x40000000, true, false, false, false, NULL)},
	{EL2_39, 0, 0x0040000040000743, LEAF(0x40000000, true, true, false, false, NULL)},
	{EL2_39, 0, 0x0040000040000453, LEAF(0x40000000, true, true, false, true, NULL)},
	{EL2_48, 0, 0x00000000400007c3, LEAF(0x40000000, true, false, true, false, NULL)},
	{UPPER_39, 0, 0x0040000040000783, LEAF(0x40000000, true, false, true, false, NULL)},
	{UPPER_48, 0, 0x0040000040000783, LEAF(0x40000000, true, false, true, false, NULL)},
	{EL1_48, 0, 0x0060fffffffff783, LEAF(0xfffffffff000, true, false, false, false, NULL)},
	{EL1_48, 1, 0x0060000040200781, LEAF(0x40200000, true, false, false, false, NULL)},
	{EL1_48, 2, 0x0060000040000781, LEAF(0x40000000, true, false, false, false, NULL)},

	{EL1_39, 0, 0x0040000040000703, LEAF(0x40000000, true, true, true, false, "writable and")},
	{EL2_39, 0, 0x0000000040000743, LEAF(0x40000000, true, true, true, false, "writable and")},
	{EL1_39, 0, 0x00600000400007c3, LEAF(0x40000000, true, false, false, false, "open to EL0")},
	{EL1_39, 0, 0x0020000040000783, LEAF(0x40000000, true, false, false, false, "at EL0")},
	{EL2_39, 0, 0x0040000040000783, LEAF(0x40000000, true, false, false, false, "RES1")},
	{EL2_39, 0, 0x00600000400007c3, LEAF(0x40000000, true, false, false, false, "RES0")},
	{EL1_39, 0, 0x0060000040000383, LEAF(0x40000000, true, false, false, false, "AF is clear")},
	{EL1_39, 0, 0x0060000040000f83, LEAF(0x40000000, true, false, false, false, "not global")},
	{EL1_39, 0, 0x00600000400007a3, LEAF(0x40000000, true, false, false, false, "NS is set")},
	{EL1_39, 0, 0x0060000040000787, LEAF(0x40000000, true, false, false, false, "MAIR")},
	{EL1_39, 0, 0x0060000040000583, LEAF(0x40000000, true, false, false, false, "shareable")},
	{EL1_39, 0, 0x0060000040000683, LEAF(0x40000000, true, false, false, false, "shareable")},
	{EL1_39, 0, 0x0060000040000483, LEAF(0x40000000, true, false, false, false, "shareable")},
	{EL1_39, 0, 0x0060000040000713, LEAF(0x40000000, true, true, false, true, "device memory")},
	/* OA[49:48], GP, DBM, contiguous and the bits from 55 on. */
	{EL1_39, 0, 0x0061000040000783, LEAF(0x40000000, true, false, false, false, "reserved")},
	{EL1_39, 0, 0x0064000040000783, LEAF(0x40000000, true, false, false, false, "reserved")},
	{EL1_39, 0, 0x0068000040000783, LEAF(0x40000000, true, false, false, false, "reserved")},
	{EL1_39, 0, 0x0070000040000783, LEAF(0x40000000, true, false, false, false, "reserved")},
	{EL1_39, 0, 0x00e0000040000783, LEAF(0x40000000, true, false, false, false, "reserved")},
	{EL1_39, 0, 0x8060000040000783, LEAF(0x40000000, true, false, false, false, "reserved")},
	{EL1_39, 1, 0x0060000040001781, LEAF(0x40001000, true, false, false, false, "misaligned")},
	{EL1_39, 2, 0x0060000040200781, LEAF(0x40200000, true, false, false, false, "misaligned")},
	{EL1_48, 3, 0x0060008000000781, LEAF(0x8000000000, true, false, false, false, "512 GiB")},

	{EL1_39, 0, 0x0060000040000781, HOLE("a block in the last level")},
	{EL1_39, 1, 0x0123456003 | UINT64_C(1) << 63, TABLE(TABLES, "bits of a pointer")},
	{EL1_39, 1, 0x0123456403, TABLE(TABLES, "bits of a pointer")},
	{EL1_39, 1, 0x1000123456003, TABLE(TABLES, "bits of a pointer")},
};

/* Tables, each but the last pointing to the next with its first entry. */
struct chain {
	uint64_t entries[LEVELS][PAGE / sizeof(uint64_t)];
	struct table_memory memory;
};

static unsigned int levels_of(const struct page_table_format *format)
{
	if (format == SV32)
		return 2;
	if (format == SV57)
		return 5;
	return format == EL1_48 || format == EL2_48 || format == UPPER_48 || format == SV48 ? 4 : 3;
}

/* What the first entries translate. */
static uint64_t first_address(const struct page_table_format *format)
{
	if (format == UPPER_39)
		return 0xffffff8000000000;
	return format == UPPER_48 ? 0xffff000000000000 : 0;
}

static bool is_riscv(const struct page_table_format *format)
{
	return format == SV32 || format == SV39 || format == SV48 || format == SV57;
}

/* A chain down to a table of @level. Sv32's entries of 4 bytes have nothing beside the first. */
static void make_chain(struct chain *chain, const struct page_table_format *format,
		       unsigned int level, uint64_t entry)
{
	const unsigned int last = levels_of(format) - 1 - level;

	memset(chain, 0, sizeof(*chain));
	chain->memory = (struct table_memory){
		.bytes = chain->entries, .size = sizeof(chain->entries), .address = TABLES};
	for (unsigned int i = 0; i < last; i++) {
		uint64_t next = TABLES + (i + 1) * PAGE;

		chain->entries[i][0] = htole64(is_riscv(format) ? next >> 2 | 1 : next | 3);
	}
	chain->entries[last][0] = htole64(entry);
}

static void check_entry(const struct entry_case *c, const struct page_table_entry *entry)
{
	const struct page_table_entry *expected = &c->expected;
	const char *complaint = entry->complaint ? entry->complaint : "";

	if (entry->kind != expected->kind || entry->level != c->level ||
	    entry->physical_address != expected->physical_address ||
	    entry->readable != expected->readable || entry->writable != expected->writable ||
	    entry->executable != expected->executable || entry->device != expected->device ||
	    !entry->complaint != !expected->complaint ||
	    (expected->complaint && !strstr(complaint, expected->complaint)))
		fail_msg("%s, level %u, entry 0x%016llx: read wrongly (complaint \"%s\")",
			 c->format->name, c->level, (unsigned long long)c->entry, complaint);
}

static void check_cases(const struct entry_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct page_table_format *format = cases[i].format;
		struct page_table_entry entry;
		struct chain chain;

		make_chain(&chain, format, cases[i].level, cases[i].entry);
		page_table_query(format, &chain.memory, TABLES, first_address(format), &entry);
		check_entry(&cases[i], &entry);
		assert_int_equal(entry.virtual_address, first_address(format));
	}
}

static void test_riscv_entries(void **state)
{
	(void)state;
	check_cases(riscv_cases, ARRAY_SIZE(riscv_cases));
}

static void test_arm64_entries(void **state)
{
	(void)state;
	check_cases(arm64_cases, ARRAY_SIZE(arm64_cases));
}

/* Indices: the root's last entry, found from the addresses at both of its ends. */
static void test_addresses(void **state)
{
	static const struct {
		const struct page_table_format *format;
		unsigned int index;	 /* in the root */
		uint64_t address, size;	 /* of what that entry translates */
		uint64_t before, behind; /* addresses nearby that are not canonical, or 0 */
	} cases[] = {
		{EL1_39, 511, 0x7fc0000000, 0x40000000, 0, 0x8000000000},
		{EL1_48, 511, 0xff8000000000, 0x8000000000, 0, 0x1000000000000},
		{EL2_39, 511, 0x7fc0000000, 0x40000000, 0, 0x8000000000},
		{EL2_48, 511, 0xff8000000000, 0x8000000000, 0, 0x1000000000000},
		{UPPER_39, 0, 0xffffff8000000000, 0x40000000, 0xffffff7fffffffff, 0},
		{UPPER_39, 511, 0xffffffffc0000000, 0x40000000, 0, 0},
		{UPPER_48, 0, 0xffff000000000000, 0x8000000000, 0xfffeffffffffffff, 0},
		{UPPER_48, 511, 0xffffff8000000000, 0x8000000000, 0, 0},
		{SV39, 255, 0x3fc0000000, 0x40000000, 0, 0x4000000000},
		{SV39, 256, 0xffffffc000000000, 0x40000000, 0xffffffbfffffffff, 0},
		{SV39, 511, 0xffffffffc0000000, 0x40000000, 0, 0},
		{SV48, 255, 0x7f8000000000, 0x8000000000, 0, 0x800000000000},
		{SV48, 256, 0xffff800000000000, 0x8000000000, 0xffff7fffffffffff, 0},
		{SV57, 255, 0xff000000000000, 0x1000000000000, 0, 0x100000000000000},
		{SV57, 256, 0xff00000000000000, 0x1000000000000, 0xfeffffffffffffff, 0},
		{SV32, 1023, 0xffc00000, 0x400000, 0, 0x100000000},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const uint64_t last = cases[i].address + cases[i].size - 1;
		const unsigned int size = cases[i].format == SV32 ? 4 : 8;
		struct page_table_entry entry;
		uint8_t root[PAGE] = {0};
		struct table_memory memory = {root, sizeof(root), TABLES};

		root[cases[i].index * size] = 2; /* an entry to complain about */
		page_table_query(cases[i].format, &memory, TABLES, cases[i].address, &entry);
		assert_non_null(entry.complaint);
		assert_int_equal(entry.virtual_address, cases[i].address);
		assert_int_equal(entry.size, cases[i].size);
		page_table_query(cases[i].format, &memory, TABLES, last, &entry);
		assert_non_null(entry.complaint);
		assert_int_equal(entry.virtual_address, cases[i].address);
		page_table_query(cases[i].format, &memory, TABLES, cases[i].address - 1, &entry);
		if (cases[i].before)
			assert_string_equal(entry.complaint, "the address is not canonical");
		else
			assert_null(entry.complaint);
		page_table_query(cases[i].format, &memory, TABLES, cases[i].behind, &entry);
		if (cases[i].behind)
			assert_string_equal(entry.complaint, "the address is not canonical");
	}
}

/* Tables that are not where they should be, and a format without a reader. */
static void test_memory(void **state)
{
	const struct page_table_format unknown = *SV39;
	struct page_table_entry entry;
	struct chain chain;

	(void)state;
	make_chain(&chain, SV39, 0, 0x2008004b);
	page_table_query(SV39, &chain.memory, TABLES + 8, 0, &entry);
	assert_string_equal(entry.complaint, "the root is not in its memory");
	page_table_query(SV39, &chain.memory, TABLES - PAGE, 0, &entry);
	assert_string_equal(entry.complaint, "the root is not in its memory");
	page_table_query(SV39, &chain.memory, TABLES + sizeof(chain.entries), 0, &entry);
	assert_string_equal(entry.complaint, "the root is not in its memory");
	page_table_query(SV39, &chain.memory, TABLES + sizeof(chain.entries) + PAGE, 0, &entry);
	assert_string_equal(entry.complaint, "the root is not in its memory");
	page_table_query(&unknown, &chain.memory, TABLES, 0, &entry);
	assert_string_equal(entry.complaint, "unknown format");

	chain.memory.size = 3 * PAGE - 1;
	page_table_query(SV39, &chain.memory, TABLES, 0, &entry);
	assert_string_equal(entry.complaint, "the table is not in its memory");
	assert_int_equal(entry.level, 1);
	chain.memory.size++;
	page_table_query(SV39, &chain.memory, TABLES, 0, &entry);
	assert_null(entry.complaint);
	chain.entries[1][0] = htole64((TABLES - PAGE) >> 2 | 1);
	page_table_query(SV39, &chain.memory, TABLES, 0, &entry);
	assert_string_equal(entry.complaint, "the table is not in its memory");
}

/* What a visitor has seen: the entries in their order. */
struct seen {
	struct page_table_entry entries[8];
	unsigned int count;
	unsigned int stop_after;
};

static int remember(void *context, const struct page_table_entry *entry)
{
	struct seen *seen = context;

	assert_true(seen->count < ARRAY_SIZE(seen->entries));
	seen->entries[seen->count++] = *entry;
	return seen->count == seen->stop_after ? 77 : 0;
}

static void test_visit(void **state)
{
	const struct page_table_format unknown = *SV39;
	struct seen seen = {.count = 0};
	struct chain chain;

	(void)state;
	make_chain(&chain, SV39, 0, 0x2008004b);
	chain.entries[2][511] = htole64(0x20080047);
	chain.entries[0][256] = htole64(0x20000043);

	assert_int_equal(page_table_query_visit(SV39, &chain.memory, TABLES, remember, &seen), 0);
	assert_int_equal(seen.count, 5);
	assert_int_equal(seen.entries[0].kind, PAGE_TABLE_TABLE);
	assert_int_equal(seen.entries[0].level, 2);
	assert_int_equal(seen.entries[0].physical_address, TABLES + PAGE);
	assert_int_equal(seen.entries[1].kind, PAGE_TABLE_TABLE);
	assert_int_equal(seen.entries[1].level, 1);
	assert_int_equal(seen.entries[2].virtual_address, 0);
	assert_int_equal(seen.entries[2].physical_address, 0x80200000);
	assert_int_equal(seen.entries[3].virtual_address, 511 * PAGE);
	assert_non_null(seen.entries[3].complaint);
	assert_int_equal(seen.entries[4].virtual_address, 0xffffffc000000000);
	assert_int_equal(seen.entries[4].size, 0x40000000);

	seen = (struct seen){.stop_after = 3};
	assert_int_equal(page_table_query_visit(SV39, &chain.memory, TABLES, remember, &seen), 77);
	assert_int_equal(seen.count, 3);

	/* A root that cannot be read is all there is to visit. */
	seen = (struct seen){.count = 0};
	assert_int_equal(page_table_query_visit(&unknown, &chain.memory, TABLES, remember, &seen),
			 0);
	assert_int_equal(
		page_table_query_visit(SV39, &chain.memory, TABLES - PAGE, remember, &seen), 0);
	assert_int_equal(seen.count, 2);
	assert_string_equal(seen.entries[0].complaint, "unknown format");
	assert_string_equal(seen.entries[1].complaint, "the root is not in its memory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_riscv_entries), cmocka_unit_test(test_arm64_entries),
		cmocka_unit_test(test_addresses),     cmocka_unit_test(test_memory),
		cmocka_unit_test(test_visit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
