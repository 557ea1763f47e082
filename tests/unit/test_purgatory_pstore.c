/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lines in the console zone of ramoops, beside a plain model of what the next boot reads there.
 */
#include "support.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define PURGATORY_PATCHED
#include "../../purgatory/arch_interface.h"
#include "../../purgatory/pstore.h"
#include "checksum.h"
#include "purgatory.h"

#define HEADER	  12
#define ZONE_SIZE 76 /* a ring of 64 bytes */
#define RING_SIZE (ZONE_SIZE - HEADER)
#define AROUND	  8

/* Stands for the patched symbols, which purgatory alone has. */
uint64_t purgatory_pstore_address;
uint64_t purgatory_pstore_size;
uint64_t purgatory_pstore_sum;

/* The zone, what lies around it, and what was flushed. */
static struct {
	_Alignas(8) uint8_t before[AROUND];
	uint8_t zone[ZONE_SIZE];
	uint8_t after[AROUND];
	unsigned int flushed;
} memory;

void arch_flush(const void *start, size_t size)
{
	assert_ptr_equal(start, memory.zone);
	assert_int_equal(size, ZONE_SIZE);
	memory.flushed++;
}

static void set_word(size_t offset, uint32_t value)
{
	memcpy(&memory.zone[offset], &value, sizeof(value));
}

static uint32_t get_word(size_t offset)
{
	uint32_t value;

	memcpy(&value, &memory.zone[offset], sizeof(value));
	return value;
}

static void seal(void)
{
	purgatory_pstore_sum = checksum_add(CHECKSUM_FACTOR, purgatory_pstore_address);
	purgatory_pstore_sum = checksum_add(purgatory_pstore_sum, purgatory_pstore_size);
}

static void make_zone(uint32_t signature, uint32_t start, uint32_t size, const char *ring)
{
	memset(&memory, 0xa5, sizeof(memory));
	memory.flushed = 0;
	set_word(0, signature);
	set_word(4, start);
	set_word(8, size);
	memcpy(&memory.zone[HEADER], ring, strlen(ring));
	purgatory_pstore_address = (uintptr_t)memory.zone;
	purgatory_pstore_size = ZONE_SIZE;
	seal();
}

/* Read the ring as persistent_ram_save_old() of fs/pstore/ram_core.c copies it. */
static void read_log(char text[RING_SIZE + 1])
{
	const uint32_t start = get_word(4), size = get_word(8);

	assert_true(size <= RING_SIZE && start <= size);
	memcpy(text, &memory.zone[HEADER + start], size - start);
	memcpy(text + (size - start), &memory.zone[HEADER], start);
	text[size] = '\0';
}

static void check_around(void)
{
	for (size_t i = 0; i < AROUND; i++) {
		assert_int_equal(memory.before[i], 0xa5);
		assert_int_equal(memory.after[i], 0xa5);
	}
}

#define DBGC UINT32_C(0x43474244)
#define TEN  "123456789\n"
#define FULL TEN TEN TEN TEN TEN TEN "abc\n"

/* The model: the former log and the line, of which the last bytes that fit are kept. */
static void expect_log(const char *former, const char *text)
{
	const bool in_line = *former && former[strlen(former) - 1] != '\n';
	char whole[512], log[RING_SIZE + 1];
	size_t length;

	length = (size_t)snprintf(whole, sizeof(whole), "%s%s%s\n", former, in_line ? "\n" : "",
				  text);
	assert_true(length < sizeof(whole));
	read_log(log);
	assert_string_equal(log, length > RING_SIZE ? whole + length - RING_SIZE : whole);
}

static void test_append(void **state)
{
	static const struct {
		uint32_t start, size;
		const char *ring; /* as it lies in memory */
		const char *text;
		uint32_t new_start, new_size;
	} cases[] = {
		{0, 0, "", "line", 5, 5},
		{10, 10, TEN, "line", 15, 15},
		/* The last line has no end. */
		{9, 9, "123456789", "line", 15, 15},
		/* To one byte before the end of the ring, to it, and further. */
		{50, 50, TEN TEN TEN TEN TEN, "123456789012", 63, 63},
		{50, 50, TEN TEN TEN TEN TEN, "1234567890123", 0, 64},
		{50, 50, TEN TEN TEN TEN TEN, "12345678901234", 1, 64},
		/* A full ring loses its oldest bytes. */
		{0, 64, FULL, "line", 5, 64},
		{60, 64, FULL, "line", 1, 64},
		/* The byte before the first is the last. */
		{0, 64, TEN TEN TEN TEN TEN TEN "abcd", "line", 6, 64},
		/* A text that is longer than the ring. */
		{3, 3, "xy\n", FULL TEN "end", 17, 64},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char former[RING_SIZE + 1];

		make_zone(DBGC, cases[i].start, cases[i].size, cases[i].ring);
		read_log(former);
		pstore_append(cases[i].text, strlen(cases[i].text));
		expect_log(former, cases[i].text);
		assert_int_equal(get_word(0), DBGC);
		assert_int_equal(get_word(4), cases[i].new_start);
		assert_int_equal(get_word(8), cases[i].new_size);
		assert_int_equal(memory.flushed, 2);
		check_around();
	}
}

/* A damaged header is left alone, with all behind it. */
static void test_damaged(void **state)
{
	static const uint32_t headers[][3] = {
		{DBGC ^ 1, 0, 0},
		{0, 0, 0},
		{UINT32_MAX, UINT32_MAX, UINT32_MAX},
		{DBGC, 0, 65},
		{DBGC, 1, 0},
		{DBGC, 33, 32},
		{DBGC, 64, 64},
		{DBGC, 0, 0x80000000},
		{DBGC, UINT32_MAX, 64},
		{DBGC, UINT32_MAX, UINT32_MAX},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(headers); i++) {
		uint8_t before[ZONE_SIZE];

		make_zone(headers[i][0], headers[i][1], headers[i][2], FULL);
		memcpy(before, memory.zone, ZONE_SIZE);
		pstore_append("line", 4);
		assert_memory_equal(before, memory.zone, ZONE_SIZE);
		check_around();
	}
}

/* There is no zone, or none that could be one. */
static void test_absent(void **state)
{
	static const struct {
		uint64_t offset, size;
	} cases[] = {{0, 12}, {0, 0}, {2, ZONE_SIZE}};

	(void)state;
	for (size_t i = 0; i <= ARRAY_SIZE(cases); i++) {
		uint8_t before[ZONE_SIZE];

		make_zone(DBGC, 0, 0, "");
		memcpy(before, memory.zone, ZONE_SIZE);
		if (i < ARRAY_SIZE(cases)) {
			purgatory_pstore_address += cases[i].offset;
			purgatory_pstore_size = cases[i].size;
		} else {
			purgatory_pstore_address = 0;
		}
		seal();
		pstore_append("line", 4);
		assert_int_equal(memory.flushed, 0);
		assert_memory_equal(before, memory.zone, ZONE_SIZE);
	}
}

/* The place is not the one that kexec patched: one bit of it is another, or of the size. */
static void test_damaged_place(void **state)
{
	(void)state;
	for (unsigned int bit = 0; bit < 128; bit++) {
		make_zone(DBGC, 0, 0, "");
		if (bit < 64)
			purgatory_pstore_address ^= UINT64_C(1) << bit;
		else
			purgatory_pstore_size ^= UINT64_C(1) << (bit - 64);
		pstore_append("line", 4);
		assert_int_equal(memory.flushed, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_append),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_damaged_place),
		cmocka_unit_test(test_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
