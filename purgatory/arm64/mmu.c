/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks whether the MMU can be turned on, on arm64. mmu.S turns it on.
 */
#include <stdbool.h>
#include <stdint.h>

#include "arch_interface.h"
#include "manifest.h"
#include "purgatory.h"
#include "registers.h"
#include "tables.h"

_Static_assert(REGIME_TWO_RANGES == PURGATORY_TABLES_LOW, "a regime is the index of its tables");
_Static_assert(REGIME_ONE_RANGE == PURGATORY_TABLES_LOW_EL2, "a regime is the index of its tables");
_Static_assert(TABLES_HIGH == PURGATORY_TABLES_HIGH, "assembler and C mean the same set");
_Static_assert(PURGATORY_TABLES_SIZE_MAX >> TABLES_SIZE_MAX_BITS == 1, "one limit");
_Static_assert(MANIFEST_SIZE_MAX >> MANIFEST_SIZE_MAX_BITS == 1, "one limit");
_Static_assert(TABLES_HIGH + 1 == PURGATORY_TABLES_COUNT, "entry.S cleans all sets");
_Static_assert(CPU_SME_BIT == PURGATORY_CPU_SME, "assembler and C mean the same feature");
_Static_assert(CPU_TCR2_BIT == PURGATORY_CPU_TCR2, "assembler and C mean the same feature");

#define STRING(text)	 #text
#define STRING_OF(macro) STRING(macro)
#define READ_REGISTER(name)                                                 \
	__extension__({                                                     \
		uint64_t value;                                             \
		__asm__ volatile("mrs %0, " STRING_OF(name) : "=r"(value)); \
		value;                                                      \
	})

/* entry.S: both return in the state in which they are called. */
uint32_t arm64_check_tables(uint32_t regime);
bool arm64_can_switch(uint32_t regime, uint64_t offset, uint64_t tcr2);

static bool has_granule(void)
{
	return (READ_REGISTER(id_aa64mmfr0_el1) >> TGRAN4_BIT & 0xf) != TGRAN4_MISSING;
}

/*
 * Check all sets that there are. PSCI starts a CPU at EL2 without E2H even if this one has E2H, and
 * no set maps any set, so that they cannot be read later.
 */
static uint32_t check_for_started_cpus(void)
{
	uint32_t reason = PURGATORY_MMU_ON, set;

	for (set = 0; set < PURGATORY_TABLES_COUNT && reason == PURGATORY_MMU_ON; set++)
		if (tables_exist(set))
			reason = tables_check(set, 0);
	return reason;
}

/*
 * Check the tables of a regime. Called with the MMU off. Returns PURGATORY_MMU_ON if they are to be
 * used, else the reason not to.
 */
uint32_t arm64_check_tables(uint32_t regime)
{
	uint32_t reason = tables_check(regime, 0);

	if (reason == PURGATORY_MMU_ON && regime == REGIME_TWO_RANGES &&
	    tables_exist(PURGATORY_TABLES_HIGH))
		reason = tables_check(PURGATORY_TABLES_HIGH, 0);
	if (reason == PURGATORY_MMU_ON && purgatory_cpus_count)
		reason = check_for_started_cpus();
	if (reason == PURGATORY_MMU_ON && !has_granule())
		reason = PURGATORY_MMU_GRANULE;
	return reason;
}

/*
 * True if our TTBR0 can be used besides the old kernel's TTBR1, with what they share: MAIR, whose
 * attribute 0 must be ours, and a format of descriptors without LPA2 or anything of TCR2, whose
 * value is @tcr2 or TCR2_UNTOUCHED. Called at the kernel VA, @offset from the physical address.
 */
bool arm64_can_switch(uint32_t regime, uint64_t offset, uint64_t tcr2)
{
	if (regime != REGIME_TWO_RANGES || !has_granule())
		return false;
	if ((READ_REGISTER(mair_el1) & 0xff) != MAIR_NORMAL)
		return false;
	if (READ_REGISTER(tcr_el1) >> TCR_DS_BIT & 1)
		return false;
	if (tcr2 != 0 && tcr2 != (uint64_t)TCR2_UNTOUCHED)
		return false;
	return tables_check(PURGATORY_TABLES_LOW, offset) == PURGATORY_MMU_ON;
}

const char *arch_mmu_regime(void)
{
	if (READ_REGISTER(CurrentEL) != CURRENT_EL2)
		return "el1";
	return READ_REGISTER(hcr_el2) >> HCR_E2H_BIT & 1 ? "el2-e2h" : "el2";
}
