/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory that can be plugged in and out, by ACPI's SRAT. */
#include "support.h"

#include <string.h>

#include "base/bytes.h"
#include "firmware/hot_pluggable.h"

#define GIB(number) (UINT64_C(number) << 30)

#define TABLE_MAX   256
#define HEADER_SIZE 48
#define MEMORY_SIZE 40
#define PLUGGABLE   3 /* and enabled */
#define SRAT	    "/sys/firmware/acpi/tables/SRAT"

struct table {
	uint8_t bytes[TABLE_MAX];
	size_t size;
};

static void begin(struct table *table)
{
	*table = (struct table){.bytes = "SRAT", .size = HEADER_SIZE};
}

static void add_memory(struct table *table, uint64_t base, uint64_t size, uint32_t flags)
{
	uint8_t *structure = table->bytes + table->size;

	structure[0] = 1;
	structure[1] = MEMORY_SIZE;
	store_little_endian(structure + 8, 8, base);
	store_little_endian(structure + 16, 8, size);
	store_little_endian(structure + 28, 4, flags);
	table->size += MEMORY_SIZE;
}

/* A structure of another type, with contents that would be memory in the right one. */
static void add_other(struct table *table, uint8_t type, uint8_t size)
{
	memset(table->bytes + table->size, 0xff, size);
	table->bytes[table->size] = type;
	table->bytes[table->size + 1] = size;
	table->size += size;
}

/* Read the table with its length and checksum set right, and then damaged by @damage. */
static void read_table(struct range_set *set, struct test_system *system, struct table *table,
		       uint8_t damage)
{
	uint8_t sum = 0;

	store_little_endian(table->bytes + 4, 4, table->size);
	table->bytes[9] = 0;
	for (size_t i = 0; i < table->size; i++)
		sum = (uint8_t)(sum + table->bytes[i]);
	table->bytes[9] = (uint8_t)(damage - sum);
	test_sysroot_write(system->directory, SRAT, table->bytes, table->size);
	range_set_free(set);
	assert_int_equal(hot_pluggable_read(set, &system->sysroot), 0);
}

static void expect_one(const struct range_set *set, uint64_t start, uint64_t end)
{
	assert_int_equal(set->count, 1);
	assert_int_equal(set->ranges[0].start, start);
	assert_int_equal(set->ranges[0].end, end);
}

static void test_memory(void **state)
{
	struct test_system *system = *state;
	struct range_set set = {0};
	struct table table;

	assert_int_equal(hot_pluggable_read(&set, &system->sysroot), 0);
	assert_int_equal(set.count, 0);

	begin(&table);
	add_other(&table, 3, 18);
	add_memory(&table, GIB(1), GIB(1), 1);
	add_memory(&table, GIB(8), GIB(4), PLUGGABLE);
	add_memory(&table, GIB(20), GIB(4), 2);
	add_memory(&table, UINT64_MAX - 10, GIB(1), PLUGGABLE);
	read_table(&set, system, &table, 0);
	expect_one(&set, GIB(8), GIB(12));
	read_table(&set, system, &table, 1);
	assert_int_equal(set.count, 0);
	range_set_free(&set);
}

/* What stands before a malformed structure counts, and nothing behind the table's end is read. */
static void test_malformed(void **state)
{
	struct test_system *system = *state;
	struct range_set set = {0};
	struct table table;

	for (unsigned int length = 0; length < MEMORY_SIZE + 2; length++) {
		begin(&table);
		add_memory(&table, GIB(8), GIB(4), PLUGGABLE);
		add_memory(&table, GIB(40), GIB(4), PLUGGABLE);
		table.bytes[HEADER_SIZE + MEMORY_SIZE + 1] = (uint8_t)length;
		read_table(&set, system, &table, 0);
		if (length != MEMORY_SIZE)
			expect_one(&set, GIB(8), GIB(12));
		else
			assert_int_equal(set.count, 2);
	}
	for (size_t size = 36; size < HEADER_SIZE + MEMORY_SIZE; size++) {
		begin(&table);
		add_memory(&table, GIB(8), GIB(4), PLUGGABLE);
		table.size = size;
		read_table(&set, system, &table, 0);
		assert_int_equal(set.count, 0);
	}
	range_set_free(&set);
}

static int set_up(void **state)
{
	return test_system_set_up(state, sizeof(struct test_system));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_memory, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_malformed, set_up, test_system_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
