/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page tables of a plan: what is mapped, in which format, and where the sets lie.
 */
#include "support.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch/page_table_formats.h"
#include "console/uart_types.h"
#include "plan/table_sets.h"

#define GIB (UINT64_C(1) << 30)

#define KERNEL UINT64_C(0x40200000)
#define TEXT   UINT64_C(0x48000000)
#define RODATA UINT64_C(0x48010000)
#define DATA   UINT64_C(0x48020000)
#define GUARD  (DATA + 0x1000)

/* Kernel, an empty segment, and purgatory, for a kernel with pages of 64 KiB. */
static const struct segment segments[] = {
	{.role = SEGMENT_KERNEL,
	 .permissions = SEGMENT_READ,
	 .address = KERNEL,
	 .size = 0x201001,
	 .memory_size = 0x300000},
	{.role = SEGMENT_KERNEL,
	 .permissions = SEGMENT_READ,
	 .address = KERNEL + 0x300000,
	 .size = 0,
	 .memory_size = 0x10000},
	{.role = SEGMENT_PURGATORY,
	 .permissions = SEGMENT_READ | SEGMENT_EXECUTE,
	 .address = TEXT,
	 .size = 0x2000,
	 .memory_size = 0x10000},
	{.role = SEGMENT_PURGATORY,
	 .permissions = SEGMENT_READ,
	 .address = RODATA,
	 .size = 0x10,
	 .memory_size = 0x10000},
	{.role = SEGMENT_PURGATORY,
	 .permissions = SEGMENT_READ | SEGMENT_WRITE,
	 .address = DATA,
	 .size = 0x4000,
	 .memory_size = 0x10000},
};

/* What that is to become, in the order of the segments. */
static const struct mapping identity[] = {
	{KERNEL, KERNEL, 0x202000, MAP_PAYLOAD, "kernel"},
	{TEXT, TEXT, 0x2000, MAP_CODE, "purgatory"},
	{RODATA, RODATA, 0x1000, MAP_RODATA, "purgatory"},
	{DATA, DATA, 0x1000, MAP_DATA, "purgatory"},
	{GUARD + 0x1000, GUARD + 0x1000, 0x2000, MAP_DATA, "purgatory"},
};

struct fixture {
	struct test_log log;
	struct plan plan;
	struct machine machine;
	struct table_sets_request request;
	struct table_sets tables;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	test_log_open(&fixture->log);
	fixture->plan.memory.page_size = 65536;
	fixture->plan.memory.bounds = (struct range){0, UINT64_MAX};
	assert_int_equal(
		range_set_add(&fixture->plan.memory.free, (struct range){0x50000000, 3 << 29}), 0);
	memcpy(fixture->plan.segments, segments, sizeof(segments));
	fixture->plan.segment_count = ARRAY_SIZE(segments);
	fixture->request = (struct table_sets_request){
		.arch = &arch_arm64,
		.machine = &fixture->machine,
		.plan = &fixture->plan,
		.guard = {GUARD, GUARD + 0x1000},
	};
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	table_sets_free(&fixture->tables);
	plan_free(&fixture->plan);
	test_log_close(&fixture->log);
	free(fixture);
	return 0;
}

static void expect_mapping(const struct mapping *actual, const struct mapping *expected,
			   uint64_t offset)
{
	assert_int_equal(actual->virtual_address, expected->virtual_address + offset);
	assert_int_equal(actual->physical_address, expected->physical_address);
	assert_int_equal(actual->size, expected->size);
	assert_int_equal(actual->intent, expected->intent);
	assert_string_equal(actual->name, expected->name);
}

static void test_mappings(void **state)
{
	struct fixture *fixture = *state;
	const struct range guard = fixture->request.guard;
	const uint64_t offset = UINT64_C(0xffffff0000000000);
	const struct linear_map linear_map = {.known = true, .offset = offset};
	struct mappings mappings = {0};

	/* Tables are not among what is mapped. */
	fixture->plan.segments[fixture->plan.segment_count++] =
		(struct segment){.role = SEGMENT_PAGETABLE, .address = 0x49000000, .size = 4096};
	assert_int_equal(mappings_add_identity(&mappings, &fixture->plan, guard, &fixture->log.log),
			 0);
	assert_int_equal(mappings.count, ARRAY_SIZE(identity));
	for (size_t i = 0; i < mappings.count; i++)
		expect_mapping(&mappings.list[i], &identity[i], 0);

	/* The alias is purgatory's alone. */
	mappings.count = 0;
	assert_int_equal(mappings_add_alias(&mappings, &fixture->plan, guard, &linear_map,
					    &fixture->log.log),
			 0);
	assert_int_equal(mappings.count, ARRAY_SIZE(identity) - 1);
	for (size_t i = 0; i < mappings.count; i++)
		expect_mapping(&mappings.list[i], &identity[i + 1], offset);
	test_log_expect_nothing(&fixture->log);
}

/* A guard at either end of its segment leaves one mapping, not an empty one. */
static void test_guard_at_the_edge(void **state)
{
	struct fixture *fixture = *state;
	static const struct range guards[] = {{DATA, DATA + 0x1000},
					      {DATA + 0x3000, DATA + 0x4000}};

	for (size_t i = 0; i < ARRAY_SIZE(guards); i++) {
		const uint64_t start = i ? DATA : DATA + 0x1000;
		const struct mapping expected = {start, start, 0x3000, MAP_DATA, "purgatory"};
		struct mappings mappings = {0};

		assert_int_equal(mappings_add_identity(&mappings, &fixture->plan, guards[i],
						       &fixture->log.log),
				 0);
		assert_int_equal(mappings.count, ARRAY_SIZE(identity) - 1);
		expect_mapping(&mappings.list[3], &expected, 0);
	}
}

/* A UART of this type; on an 8250's registers bytes that lie 1 << @shift apart. */
static struct console make_uart(const struct uart_type *type, uint64_t address, uint32_t shift)
{
	const struct uart_layout layout = {.shift = shift, .width = 1};
	struct console console;

	uart_type_describe(type, address, &layout, &console);
	return console;
}

static void test_console(void **state)
{
	struct fixture *fixture = *state;
	const struct {
		struct console console;
		struct range pages; /* empty: none */
	} cases[] = {
		{{.type = PURGATORY_CONSOLE_NONE, .address = 0x9000000}, {0, 0}},
		{{.type = PURGATORY_CONSOLE_SBI, .address = 0x9000000}, {0, 0}},
		/*
		 * The last register of an SBSA UART ends at 0x1c, that of a PL011, which switches
		 * it on, at 0x34, that of an i.MX at 0xb8.
		 */
		{make_uart(uart_type_sbsa, 0x9000000, 0), {0x9000000, 0x9001000}},
		{make_uart(uart_type_sbsa, 0x9000fe4, 0), {0x9000000, 0x9001000}},
		{make_uart(uart_type_sbsa, 0x9000fe8, 0), {0x9000000, 0x9002000}},
		{make_uart(uart_type_find_compatible("arm,pl011"), 0x9000fcc, 0),
		 {0x9000000, 0x9001000}},
		{make_uart(uart_type_find_compatible("arm,pl011"), 0x9000fd0, 0),
		 {0x9000000, 0x9002000}},
		{make_uart(uart_type_8250, 0x10000ff8, 0), {0x10000000, 0x10001000}},
		{make_uart(uart_type_8250, 0x10000fec, 2), {0x10000000, 0x10002000}},
		{make_uart(uart_type_find_compatible("fsl,imx21-uart"), 0x30890f48, 0),
		 {0x30890000, 0x30891000}},
		{make_uart(uart_type_find_compatible("fsl,imx21-uart"), 0x30890f4c, 0),
		 {0x30890000, 0x30892000}},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct mapping expected = {cases[i].pages.start, cases[i].pages.start,
						 range_size(cases[i].pages), MAP_DEVICE, "console"};
		struct mappings mappings = {0};

		assert_int_equal(
			mappings_add_console(&mappings, &cases[i].console, &fixture->log.log), 0);
		assert_int_equal(mappings.count, range_size(cases[i].pages) != 0);
		if (mappings.count)
			expect_mapping(&mappings.list[0], &expected, 0);
	}
}

static int choose(struct fixture *fixture)
{
	return table_sets_choose(&fixture->tables, &fixture->request, &fixture->log.log);
}

static const struct page_table_format *format_of(const struct fixture *fixture,
						 enum purgatory_tables set)
{
	const struct page_table_mode *mode = fixture->tables.sets[set].mode;

	return mode ? mode->format : NULL;
}

static void expect_no_sets(const struct fixture *fixture, enum purgatory_mmu_reason reason)
{
	static const struct table_set none;

	assert_int_equal(fixture->tables.reason, reason);
	for (size_t i = 0; i < PURGATORY_TABLES_COUNT; i++)
		assert_memory_equal(&fixture->tables.sets[i], &none, sizeof(none));
	assert_int_equal(range_size(fixture->tables.segment), 0);
}

/* Each place of the kernel, and what follows for the format of the identity mappings. */
static void test_formats(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		const struct arch *arch;
		uint64_t kernel;
		unsigned int cpu_bits;
		const struct page_table_format *format;
		enum purgatory_mmu_reason reason;
		const char *warning;
	} cases[] = {
		{&arch_arm64, KERNEL, 0, &page_table_arm64_two_ranges_39, PURGATORY_MMU_ON, NULL},
		{&arch_arm64, 512 * GIB - 0x202000, 0, &page_table_arm64_two_ranges_39,
		 PURGATORY_MMU_ON, NULL},
		{&arch_arm64, 512 * GIB - 0x201000, 0, &page_table_arm64_two_ranges_48,
		 PURGATORY_MMU_ON, NULL},
		{&arch_arm64, (UINT64_C(1) << 48) - 0x202000, 0, &page_table_arm64_two_ranges_48,
		 PURGATORY_MMU_ON, NULL},
		{&arch_arm64, (UINT64_C(1) << 48) - 0x201000, 0, NULL, PURGATORY_MMU_RANGE,
		 "the MMU off: the kernel at 0xffffffdff000 is beyond the addresses of"},
		{&arch_riscv64, KERNEL, 39, &page_table_sv39, PURGATORY_MMU_ON, NULL},
		{&arch_riscv64, 256 * GIB - 0x202000, 57, &page_table_sv39, PURGATORY_MMU_ON, NULL},
		{&arch_riscv64, 256 * GIB - 0x201000, 57, &page_table_sv48, PURGATORY_MMU_ON, NULL},
		{&arch_riscv64, 256 * GIB - 0x201000, 0, &page_table_sv48, PURGATORY_MMU_ON, NULL},
		{&arch_riscv64, 256 * GIB, 39, NULL, PURGATORY_MMU_MODE,
		 "the MMU off: only sv48 would reach all addresses, and the CPU translates no more "
		 "than 39 bits"},
		{&arch_riscv64, UINT64_C(1) << 47, 57, &page_table_sv57, PURGATORY_MMU_ON, NULL},
		{&arch_riscv64, UINT64_C(1) << 47, 48, NULL, PURGATORY_MMU_MODE, "only sv57"},
		{&arch_riscv64, UINT64_C(1) << 56, 57, NULL, PURGATORY_MMU_RANGE,
		 "the kernel at 0x100000000000000 is beyond the addresses of sv57"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		fixture->plan.segments[0].address = cases[i].kernel;
		fixture->request.arch = cases[i].arch;
		fixture->machine.cpu.virtual_bits = cases[i].cpu_bits;
		fixture->request.required = false;
		assert_int_equal(choose(fixture), 0);
		assert_ptr_equal(format_of(fixture, PURGATORY_TABLES_LOW), cases[i].format);
		assert_int_equal(fixture->tables.reason, cases[i].reason);
		if (!cases[i].warning) {
			test_log_expect_nothing(&fixture->log);
			continue;
		}
		test_log_expect(&fixture->log, cases[i].warning);
		expect_no_sets(fixture, cases[i].reason);
		fixture->request.required = true;
		assert_int_equal(choose(fixture), -ENOTSUP);
		test_log_expect(&fixture->log, "--mmu=on is not possible here: ");
	}
}

static void test_el2(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(choose(fixture), 0);
	assert_ptr_equal(format_of(fixture, PURGATORY_TABLES_LOW_EL2),
			 &page_table_arm64_one_range_39);
	assert_null(format_of(fixture, PURGATORY_TABLES_HIGH));
	fixture->request.arch = &arch_riscv64;
	assert_int_equal(choose(fixture), 0);
	assert_null(format_of(fixture, PURGATORY_TABLES_LOW_EL2));
}

static void test_vendor(void **state)
{
	struct fixture *fixture = *state;

	fixture->request.arch = &arch_riscv64;
	fixture->machine.cpu.vendor_page_tables = true;
	assert_int_equal(choose(fixture), 0);
	test_log_expect(&fixture->log, "with the MMU off: the CPU is a T-Head C9xx");
	expect_no_sets(fixture, PURGATORY_MMU_CPU);
	fixture->request.required = true;
	assert_int_equal(choose(fixture), -ENOTSUP);
	test_log_expect(&fixture->log, "T-Head C9xx, whose page tables are not standard ones; use");
}

/* The linear map's address of physical 0, and the format with the alias. */
static void test_alias(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		const struct arch *arch;
		uint64_t offset;
		unsigned int cpu_bits;
		const struct page_table_format *format;
		bool alias;
	} cases[] = {
		{&arch_arm64, UINT64_C(0xffffff8000000000), 0, &page_table_arm64_upper_39, true},
		{&arch_arm64, UINT64_C(0xffff38d440000000), 0, &page_table_arm64_upper_48, true},
		{&arch_arm64, UINT64_C(0xffff000000000000), 0, &page_table_arm64_upper_48, true},
		/* Linear maps of 52 bits, and what can be no linear map. */
		{&arch_arm64, UINT64_C(0xfff0000000000000), 0, NULL, false},
		{&arch_arm64, UINT64_C(0x0000800000000000), 0, NULL, false},
		{&arch_riscv64, UINT64_C(0xffffffd5c0000000), 39, &page_table_sv39, true},
		{&arch_riscv64, UINT64_C(0xffffaf7f80000000), 48, &page_table_sv48, true},
		{&arch_riscv64, UINT64_C(0xff5fffff80000000), 57, &page_table_sv57, true},
		{&arch_riscv64, UINT64_C(0xff5fffff80000000), 48, &page_table_sv39, false},
		{&arch_riscv64, UINT64_C(0x8000000000000000), 57, &page_table_sv39, false},
		/* Over the identity mappings, and not by whole pages. */
		{&arch_riscv64, 0, 39, &page_table_sv39, false},
		{&arch_riscv64, UINT64_C(0xffffffd5c0000001), 39, &page_table_sv39, false},
	};

	fixture->machine.linear_map.known = true;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const bool own_set = cases[i].arch == &arch_arm64;
		const enum purgatory_tables set =
			own_set ? PURGATORY_TABLES_HIGH : PURGATORY_TABLES_LOW;
		const size_t others = own_set ? 0 : ARRAY_SIZE(identity);

		fixture->request.arch = cases[i].arch;
		fixture->machine.cpu.virtual_bits = cases[i].cpu_bits;
		fixture->machine.linear_map.offset = cases[i].offset;
		assert_int_equal(choose(fixture), 0);
		assert_ptr_equal(format_of(fixture, set), cases[i].format);
		assert_int_equal(fixture->tables.sets[set].mappings.count,
				 others + (cases[i].alias ? ARRAY_SIZE(identity) - 1 : 0));
		assert_non_null(format_of(fixture, PURGATORY_TABLES_LOW));
	}
	test_log_expect_nothing(&fixture->log);
}

/* What page_table_check() finds in a plan is refused, not worked around. */
static void test_conflicts(void **state)
{
	struct fixture *fixture = *state;

	fixture->machine.console = make_uart(uart_type_sbsa, KERNEL + 0x5000, 0);
	assert_int_equal(choose(fixture), -EEXIST);
	test_log_expect(&fixture->log, "kernel and console both want address 0x40205000");

	memset(&fixture->machine.console, 0, sizeof(fixture->machine.console));
	fixture->plan.segments[1] = (struct segment){
		.role = SEGMENT_INITRD, .address = RODATA, .size = 1, .memory_size = 65536};
	assert_int_equal(choose(fixture), -EEXIST);
	test_log_expect(&fixture->log, "both want address 0x48010000");

	fixture->plan.segments[1].address = UINT64_MAX - 4095;
	fixture->plan.segments[1].size = 4097;
	assert_int_equal(choose(fixture), -EOVERFLOW);
	test_log_expect(&fixture->log,
			"the initrd at 0xfffffffffffff000 ends beyond the address space");

	fixture->plan.segments[1].address = KERNEL + 0x300800;
	assert_int_equal(choose(fixture), -EINVAL);
	test_log_expect(&fixture->log, "initrd at 0x40500800 is not made of whole pages");

	fixture->plan.segment_count = 0;
	assert_int_equal(choose(fixture), -EINVAL);
	test_log_expect(&fixture->log, "nothing to map");
}

/*
 * What is said of a set is hashed before its tables: register, address, size and bits, and zeros up
 * to a block.
 */
static void digest_set(const struct table_set *set, const uint8_t *tables,
		       uint8_t digest[SHA256_DIGEST_SIZE])
{
	const uint64_t header[] = {
		htole64(table_sets_register(set)),
		htole64(set->range.start),
		htole64(range_size(set->range)),
		htole64(set->mode->format->virtual_bits),
		0,
		0,
		0,
		0,
	};
	struct sha256 sha256;

	sha256_init(&sha256, SHA256_GENERIC);
	sha256_update(&sha256, header, sizeof(header));
	sha256_update(&sha256, tables, range_size(set->range));
	sha256_final(&sha256, digest);
}

/* Sets lie one behind the other in one segment, and each is what the builder makes of its list. */
static void test_build(void **state)
{
	struct fixture *fixture = *state;
	const struct range bounds = {0, UINT64_MAX};
	const struct segment *segment = &fixture->plan.segments[ARRAY_SIZE(segments)];
	struct table_sets *tables = &fixture->tables;
	uint64_t next;

	fixture->machine.linear_map =
		(struct linear_map){.known = true, .offset = UINT64_C(0xffff000000000000)};
	assert_int_equal(choose(fixture), 0);
	assert_int_equal(table_sets_place(tables, &fixture->plan, &bounds, &fixture->log.log), 0);
	assert_int_equal(fixture->plan.segment_count, ARRAY_SIZE(segments) + 1);
	assert_int_equal(segment->role, SEGMENT_PAGETABLE);
	assert_int_equal(segment->address, 0x50000000);
	assert_int_equal(segment->memory_size % 65536, 0);
	assert_int_equal(segment->permissions, 0);
	assert_int_equal(segment->covered, 0);
	assert_int_equal(table_sets_build(tables, &fixture->log.log), 0);

	next = segment->address;
	for (size_t i = 0; i < PURGATORY_TABLES_COUNT; i++) {
		const struct table_set *set = &tables->sets[i];
		const uint64_t size = range_size(set->range);
		uint8_t expected[SHA256_DIGEST_SIZE], actual[SHA256_DIGEST_SIZE];
		uint8_t *copy = calloc(1, size);

		assert_non_null(copy);
		assert_int_equal(set->range.start, next);
		assert_int_equal(page_table_build(set->mode->format, set->mappings.list,
						  set->mappings.count, copy, size, next,
						  &fixture->log.log),
				 0);
		digest_set(set, copy, expected);
		table_sets_digest(tables, (enum purgatory_tables)i, actual);
		assert_memory_equal(actual, expected, sizeof(expected));
		assert_int_equal(table_sets_register(set), next);
		next += size;
		free(copy);
	}
	assert_int_equal(segment->size, next - segment->address);
	test_log_expect_nothing(&fixture->log);
}

static void test_satp(void **state)
{
	struct fixture *fixture = *state;
	static const uint64_t modes[] = {8, 9, 10};
	const struct range bounds = {0, UINT64_MAX};
	uint8_t digest[SHA256_DIGEST_SIZE];
	static const uint8_t zeros[SHA256_DIGEST_SIZE];

	fixture->request.arch = &arch_riscv64;
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		static const uint64_t kernels[] = {KERNEL, UINT64_C(1) << 38, UINT64_C(1) << 47};

		fixture->plan.segments[0].address = kernels[i];
		fixture->plan.segment_count = ARRAY_SIZE(segments);
		table_sets_free(&fixture->tables);
		assert_int_equal(choose(fixture), 0);
		assert_int_equal(table_sets_place(&fixture->tables, &fixture->plan, &bounds,
						  &fixture->log.log),
				 0);
		assert_int_equal(table_sets_register(&fixture->tables.sets[PURGATORY_TABLES_LOW]),
				 modes[i] << 60 | fixture->tables.segment.start >> 12);
	}
	assert_int_equal(table_sets_register(&fixture->tables.sets[PURGATORY_TABLES_HIGH]), 0);
	table_sets_digest(&fixture->tables, PURGATORY_TABLES_HIGH, digest);
	assert_memory_equal(digest, zeros, sizeof(digest));
}

/* Without sets there is no segment. */
static void test_place_nothing(void **state)
{
	struct fixture *fixture = *state;
	const struct range bounds = {0, UINT64_MAX};

	fixture->tables.reason = PURGATORY_MMU_OPTION;
	assert_int_equal(
		table_sets_place(&fixture->tables, &fixture->plan, &bounds, &fixture->log.log), 0);
	assert_int_equal(table_sets_build(&fixture->tables, &fixture->log.log), 0);
	assert_int_equal(fixture->plan.segment_count, ARRAY_SIZE(segments));
	assert_null(fixture->tables.data);
}

/* Roots above what TTBR can name are of no use, even where only such memory is free. */
static void test_place_within_reach(void **state)
{
	struct fixture *fixture = *state;
	const struct range bounds = {0x60000000, UINT64_MAX};

	assert_int_equal(range_set_add(&fixture->plan.memory.free,
				       (struct range){UINT64_C(1) << 48, UINT64_C(1) << 49}),
			 0);
	assert_int_equal(choose(fixture), 0);
	assert_int_equal(
		table_sets_place(&fixture->tables, &fixture->plan, &bounds, &fixture->log.log), 0);
	test_log_expect(&fixture->log, "warning: purgatory will verify with the MMU off: no hole");
	assert_int_equal(fixture->tables.reason, PURGATORY_MMU_ROOM);
	assert_int_equal(fixture->plan.segment_count, ARRAY_SIZE(segments));
}

static void test_place_required(void **state)
{
	struct fixture *fixture = *state;
	const struct range bounds = {0x60000000, 0x60001000};

	fixture->request.required = true;
	assert_int_equal(choose(fixture), 0);
	assert_int_equal(
		table_sets_place(&fixture->tables, &fixture->plan, &bounds, &fixture->log.log),
		-ENOSPC);
	test_log_expect(&fixture->log, "no hole for the page tables");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_mappings, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_place_required, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_guard_at_the_edge, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_console, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_formats, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_el2, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_vendor, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_alias, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_conflicts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_build, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_satp, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_place_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_place_within_reach, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
