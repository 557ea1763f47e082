/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks whether the page tables that kexec built may be used.
 */
#include "tables.h"

#include "digest.h"
#include "engine.h"
#include "purgatory.h"

bool tables_exist(uint32_t set)
{
	return purgatory_tables_size[set] != 0;
}

uint32_t tables_check(uint32_t set, uint64_t offset)
{
	struct purgatory_tables_header header = {
		.register_value = purgatory_tables_register[set],
		.address = purgatory_tables_address[set],
		.size = purgatory_tables_size[set],
		.bits = purgatory_tables_bits[set],
	};
	uint32_t reason = purgatory_mmu_reason;
	uint8_t actual[SHA256_DIGEST_SIZE];
	struct sha256 sha256;

	if (reason != PURGATORY_MMU_ON)
		return reason;
	if (!tables_exist(set) || header.size > PURGATORY_TABLES_SIZE_MAX)
		return PURGATORY_MMU_TABLES;
	sha256_init(&sha256, engine_choose(false).engine);
	sha256_update(&sha256, &header, sizeof(header));
	sha256_update(&sha256, (const void *)(uintptr_t)(header.address + offset), header.size);
	sha256_final(&sha256, actual);
	if (!digest_equal(actual, purgatory_tables_digest[set]))
		return PURGATORY_MMU_TABLES;
	return PURGATORY_MMU_ON;
}
