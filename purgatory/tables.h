/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks whether the page tables that kexec built may be used.
 */
#ifndef PURGATORY_TABLES_H
#define PURGATORY_TABLES_H

#include <stdbool.h>
#include <stdint.h>

/* True if kexec built the set, an enum purgatory_tables. */
bool tables_exist(uint32_t set);

/*
 * Check a set. It is read at its physical address plus @offset: 0, or the offset at which a foreign
 * map has physical memory. Returns an enum purgatory_mmu_reason: PURGATORY_MMU_ON if the set may be
 * used, else kexec's reason to leave the MMU off, or PURGATORY_MMU_TABLES if the set does not exist
 * or is not what kexec built.
 */
uint32_t tables_check(uint32_t set, uint64_t offset);

#endif
