/* SPDX-License-Identifier: GPL-2.0-only */
/* What purgatory uses to stop if one of both copies is damaged, or both are. */
#include "support.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Here they change. */
#define PURGATORY_PATCHED volatile

#include "../../purgatory/ending.h"
#include "checksum.h"

volatile uint32_t purgatory_console_type;
volatile uint32_t purgatory_console_data_shift;
volatile uint64_t purgatory_console_address;
volatile struct purgatory_register purgatory_console_registers[PURGATORY_REGISTER_COUNT];
volatile uint32_t purgatory_reset_method;
volatile uint32_t purgatory_mismatch_policy;
volatile uint64_t purgatory_ending_sum;
volatile uint64_t purgatory_ending_second[PURGATORY_ENDING_WORDS];
volatile uint64_t purgatory_ending_second_sum;

static const struct purgatory_ending expected = {
	.console_type = PURGATORY_CONSOLE_UART,
	.console_data_shift = 24,
	.console_address = 0x9000000,
	.console_registers =
		{{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}, {13, 14, 15, 16}, {17, 18, 19, 20}},
	.reset_method = PURGATORY_RESET_PSCI_HVC,
	.mismatch_policy = PURGATORY_POLICY_HALT,
};

/* Patch both, as kexec does. */
static int patch(void **state)
{
	uint64_t words[PURGATORY_ENDING_WORDS], sum = CHECKSUM_FACTOR;

	(void)state;
	purgatory_console_type = expected.console_type;
	purgatory_console_data_shift = expected.console_data_shift;
	purgatory_console_address = expected.console_address;
	for (size_t i = 0; i < PURGATORY_REGISTER_COUNT; i++) {
		purgatory_console_registers[i].offset = expected.console_registers[i].offset;
		purgatory_console_registers[i].width = expected.console_registers[i].width;
		purgatory_console_registers[i].mask = expected.console_registers[i].mask;
		purgatory_console_registers[i].value = expected.console_registers[i].value;
	}
	purgatory_reset_method = expected.reset_method;
	purgatory_mismatch_policy = expected.mismatch_policy;
	memcpy(words, &expected, sizeof(words));
	for (size_t i = 0; i < PURGATORY_ENDING_WORDS; i++) {
		purgatory_ending_second[i] = words[i];
		sum = checksum_add(sum, words[i]);
	}
	purgatory_ending_sum = sum;
	purgatory_ending_second_sum = sum;
	return 0;
}

static void expect(const struct purgatory_ending *values)
{
	struct purgatory_ending ending;

	ending_read(&ending);
	assert_memory_equal(&ending, values, sizeof(ending));
}

static void damage_symbols(void)
{
	purgatory_console_type ^= 1;
}

static void test_right(void **state)
{
	(void)state;
	expect(&expected);
	purgatory_ending_second[3] ^= 1;
	expect(&expected);
}

/* Any bit of one copy, and of its sum, makes the other one count. */
static void test_second(void **state)
{
	(void)state;
	damage_symbols();
	expect(&expected);
	patch(state);
	purgatory_console_registers[4].value ^= UINT32_C(1) << 31;
	purgatory_reset_method = PURGATORY_RESET_UNKNOWN;
	expect(&expected);
	patch(state);
	purgatory_ending_sum ^= UINT64_C(1) << 63;
	expect(&expected);
}

/* A page that is lost reads as zeros, the sum included. */
static void test_lost(void **state)
{
	static const struct purgatory_ending unknown;

	(void)state;
	for (size_t i = 0; i < PURGATORY_ENDING_WORDS; i++)
		purgatory_ending_second[i] = 0;
	purgatory_ending_second_sum = 0;
	expect(&expected);
	damage_symbols();
	expect(&unknown);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_right, patch),
		cmocka_unit_test_setup(test_second, patch),
		cmocka_unit_test_setup(test_lost, patch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
