/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether the page tables that kexec built may be used.
 */
#include "tables.h"

#include "digest.h"
#include "purgatory.h"

bool tables_exist(uint32_t set)
{
	return purgatory_tables_size[set] != 0;
}

uint32_t tables_check(uint32_t set, uint64_t offset)
{
	uint64_t address = purgatory_tables_address[set] + offset;
	uint32_t reason = purgatory_mmu_reason;
	uint8_t actual[SHA256_DIGEST_SIZE];

	if (reason != PURGATORY_MMU_ON)
		return reason;
	if (!tables_exist(set))
		return PURGATORY_MMU_TABLES;
	sha256_digest((const void *)(uintptr_t)address, purgatory_tables_size[set], actual);
	if (!digest_equal(actual, purgatory_tables_digest[set]))
		return PURGATORY_MMU_TABLES;
	return PURGATORY_MMU_ON;
}
