/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The objects that kexec patches, see include/purgatory.h.
 *
 * Each is put into a section by name, and is not volatile here, so that every compiler makes it
 * read-only: the manifest covers no writable data. No code here reads them. With the values before
 * patching, purgatory refuses to go on: no manifest, no console. purgatory_self_sum is in
 * self_sum.S, purgatory_stop_sum in stop_sum.S, and what is in the text's pages in second.S.
 */
#define PURGATORY_PATCHED const
#include "purgatory.h"

#define PATCHED	       __attribute__((section(".rodata.patched"), used))
#define PATCHED_DIGEST __attribute__((section(PURGATORY_DIGEST_SECTION), used, aligned(8)))
#define PATCHED_CPUS   __attribute__((section(PURGATORY_CPUS_RODATA_SECTION), used))

PATCHED const uint64_t purgatory_address = 0;
PATCHED_DIGEST const uint64_t purgatory_address_third = 0;

PATCHED const uint32_t purgatory_mmu_reason = PURGATORY_MMU_OPTION;
PATCHED const uint64_t purgatory_tables_register[PURGATORY_TABLES_COUNT] = {0};
PATCHED const uint64_t purgatory_tables_address[PURGATORY_TABLES_COUNT] = {0};
PATCHED const uint64_t purgatory_tables_size[PURGATORY_TABLES_COUNT] = {0};
PATCHED const uint32_t purgatory_tables_bits[PURGATORY_TABLES_COUNT] = {0};
PATCHED_DIGEST const uint8_t purgatory_tables_digest[PURGATORY_TABLES_COUNT][SHA256_DIGEST_SIZE] = {
	{0}};

PATCHED const uint64_t purgatory_unverified_entry = 0;
PATCHED const uint64_t purgatory_kernel_dtb = 0;

PATCHED const uint64_t purgatory_report_address = 0;

PATCHED const uint64_t purgatory_manifest_address = 0;
PATCHED const uint64_t purgatory_manifest_size = 0;
PATCHED_DIGEST const uint8_t purgatory_manifest_digest[SHA256_DIGEST_SIZE] = {0};
PATCHED_DIGEST const uint64_t purgatory_sealed_entry[2] = {0};
PATCHED_DIGEST const uint64_t purgatory_checked_bytes = 0;
PATCHED_DIGEST const uint64_t purgatory_unchecked_bytes = 0;

PATCHED const uint32_t purgatory_console_type = PURGATORY_CONSOLE_UNKNOWN;
PATCHED const uint32_t purgatory_console_data_shift = 0;
PATCHED const uint64_t purgatory_console_address = 0;
PATCHED const struct purgatory_register purgatory_console_registers[PURGATORY_REGISTER_COUNT] = {
	{0}};

PATCHED const uint64_t purgatory_pstore_address = 0;
PATCHED const uint64_t purgatory_pstore_size = 0;
PATCHED const uint32_t purgatory_pstore_block = 0;
PATCHED const uint64_t purgatory_pstore_sum = 0;

PATCHED const uint32_t purgatory_cache_block = 0;

PATCHED const uint64_t purgatory_timer_frequency = 0;

PATCHED const uint32_t purgatory_time_limit = 0;

PATCHED const uint32_t purgatory_cpu_features = 0;

PATCHED const uint32_t purgatory_engine = PURGATORY_ENGINE_AUTO;

PATCHED const uint32_t purgatory_cpus_count = 0;
PATCHED_CPUS const uint64_t purgatory_cpus_ids[PURGATORY_CPUS_MAX] = {0};
PATCHED_CPUS const uint64_t purgatory_cpus_address = 0;
PATCHED_CPUS const uint64_t purgatory_cpus_stacks = 0;

PATCHED const uint32_t purgatory_reset_method = PURGATORY_RESET_UNKNOWN;
PATCHED const uint32_t purgatory_mismatch_policy = PURGATORY_POLICY_RESET;
PATCHED const uint64_t purgatory_ending_sum = 0;
