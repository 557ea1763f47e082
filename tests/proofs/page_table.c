/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The builder of page tables, for the format FORMAT: every leaf that it can make, for any mapping
 * that passed its checks, at any level and any block; and all entries of the tables of one small
 * mapping. How an entry is read is written here once more.
 */
#include "proof.h"

#include "../../kexec/arch/page_table_formats.c"
#include "../../kexec/plan/page_table.c"

#define ARM64_EXECUTE_NEVER	       (UINT64_C(1) << 54)
#define ARM64_PRIVILEGED_EXECUTE_NEVER (UINT64_C(1) << 53)

static bool is_arm64(void)
{
	return FORMAT.address_bit == 12;
}

/* EL1, and EL2 with two ranges, run what has no PXN; EL2 with one range runs what has no XN. */
static bool is_executable(uint64_t entry)
{
	if (!is_arm64())
		return entry & 0x8;
	if (FORMAT.intent_bits[MAP_DATA] & ARM64_PRIVILEGED_EXECUTE_NEVER)
		return !(entry & ARM64_PRIVILEGED_EXECUTE_NEVER);
	return !(entry & ARM64_EXECUTE_NEVER);
}

static bool is_writable(uint64_t entry)
{
	return is_arm64() ? !(entry & 0x80) : entry & 0x4;
}

static uint64_t address_of(uint64_t entry)
{
	const uint64_t mask = (UINT64_C(1) << (FORMAT.physical_bits - 12)) - 1;

	return (entry >> FORMAT.address_bit & mask) << 12;
}

static struct mapping any_mapping(void)
{
	struct mapping mapping = {
		.virtual_address = nondet_uint64_t(),
		.physical_address = nondet_uint64_t(),
		.size = nondet_uint64_t(),
		.intent = (enum map_intent)(nondet_uint32_t() % MAP_INTENT_COUNT),
		.name = "",
	};
	const struct log log = {0};

	__CPROVER_assume(check_mapping(&FORMAT, &mapping, &log) == 0);
	return mapping;
}

/* No leaf maps a byte outside of its mapping, or another place, or is writable and executable. */
void leaf(void)
{
	const struct mapping mapping = any_mapping();
	const unsigned int level = nondet_uint32_t();
	const uint64_t block = nondet_uint64_t();
	unsigned int shift;
	uint64_t entry, first;

	__CPROVER_assume(level < FORMAT.levels);
	shift = level_shift(&FORMAT, level);
	__CPROVER_assume(shift < 64 && block <= UINT64_MAX >> shift);
	if (!make_leaf(&FORMAT, level, block, &mapping, &entry))
		return;
	REACHED();
	first = block << shift;
	PROVE(first >= mapping.virtual_address);
	PROVE(first - mapping.virtual_address <= mapping.size - (UINT64_C(1) << shift));
	PROVE(mapping.size >= UINT64_C(1) << shift);
	PROVE(address_of(entry) == mapping.physical_address + (first - mapping.virtual_address));
	PROVE((address_of(entry) & ((UINT64_C(1) << shift) - 1)) == 0);
	PROVE(!(is_writable(entry) && is_executable(entry)));
	PROVE(is_executable(entry) == (mapping.intent == MAP_CODE));
	PROVE(!is_writable(entry) || (mapping.intent != MAP_CODE && mapping.intent != MAP_RODATA &&
				      mapping.intent != MAP_PAYLOAD));
}

/* Two mappings that passed the checks never want the same address. */
void apart(void)
{
	struct mapping mappings[2] = {any_mapping(), any_mapping()};
	const uint64_t address = nondet_uint64_t();
	const struct log log = {0};

	__CPROVER_assume(mappings[0].virtual_address <= mappings[1].virtual_address);
	if (mapping_last(&mappings[0]) < mappings[1].virtual_address)
		PROVE(!(address >= mappings[0].virtual_address &&
			address <= mapping_last(&mappings[0]) &&
			address >= mappings[1].virtual_address));
	PROVE(mapping_last(&mappings[0]) >= mappings[0].virtual_address);
	REACHED();
	(void)log;
}

/* A table's entry points to a page, and its address survives. */
void table(void)
{
	const uint64_t address = nondet_uint64_t(), size = nondet_uint64_t(),
		       needed = nondet_uint64_t();
	const uint64_t number = nondet_uint64_t();
	const struct log log = {0};

	__CPROVER_assume(needed >= 4096 && needed % 4096 == 0 && number < needed >> 12);
	if (check_place(&FORMAT, needed, size, address, &log) == 0) {
		const uint64_t entry = table_entry(&FORMAT, address + (number << 12));

		REACHED();
		PROVE(address_of(entry) == address + (number << 12));
		PROVE((number << 12) + 4096 <= size);
	}
}
