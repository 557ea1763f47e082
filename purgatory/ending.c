/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What purgatory needs to stop, which kexec patched twice.
 */
#include "ending.h"

#include <stdbool.h>
#include <stddef.h>

#include "checksum.h"

union ending {
	struct purgatory_ending values;
	uint64_t words[PURGATORY_ENDING_WORDS];
};

static bool has_sum(const union ending *ending, uint64_t expected)
{
	uint64_t sum = CHECKSUM_FACTOR;
	size_t i;

	for (i = 0; i < PURGATORY_ENDING_WORDS; i++)
		sum = checksum_add(sum, ending->words[i]);
	return sum == expected;
}

static void read_symbols(struct purgatory_ending *ending)
{
	size_t i;

	ending->console_type = purgatory_console_type;
	ending->console_data_shift = purgatory_console_data_shift;
	ending->console_address = purgatory_console_address;
	for (i = 0; i < PURGATORY_REGISTER_COUNT; i++) {
		ending->console_registers[i].offset = purgatory_console_registers[i].offset;
		ending->console_registers[i].width = purgatory_console_registers[i].width;
		ending->console_registers[i].mask = purgatory_console_registers[i].mask;
		ending->console_registers[i].value = purgatory_console_registers[i].value;
	}
	ending->reset_method = purgatory_reset_method;
	ending->mismatch_policy = purgatory_mismatch_policy;
}

void ending_read(struct purgatory_ending *ending)
{
	union ending both;
	size_t i;

	read_symbols(&both.values);
	if (!has_sum(&both, purgatory_ending_sum)) {
		for (i = 0; i < PURGATORY_ENDING_WORDS; i++)
			both.words[i] = purgatory_ending_second[i];
		if (!has_sum(&both, purgatory_ending_second_sum))
			for (i = 0; i < PURGATORY_ENDING_WORDS; i++)
				both.words[i] = 0;
	}
	*ending = both.values;
}
