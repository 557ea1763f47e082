/* SPDX-License-Identifier: GPL-2.0-only */
/* The formats of page tables, as data. */
#include "arch/page_table_formats.h"

/*
 * arm64: stage 1 descriptors of VMSAv8-64, 4 KiB granule (Arm ARM, "The VMSAv8-64 translation table
 * format descriptors"). The indices into MAIR are those of Linux (arch/arm64/include/asm/memory.h),
 * because a switch with the old kernel's MAIR still in force goes through these tables.
 */
#define ARM64_TABLE	    UINT64_C(3)
#define ARM64_PAGE	    UINT64_C(3)
#define ARM64_BLOCK	    UINT64_C(1)
#define ARM64_NORMAL	    (UINT64_C(0) << 2)
#define ARM64_DEVICE	    (UINT64_C(4) << 2) /* nGnRE */
#define ARM64_DEVICE_STRICT (UINT64_C(3) << 2) /* nGnRnE */
#define ARM64_NON_CACHEABLE (UINT64_C(2) << 2)
#define ARM64_AP1	    (UINT64_C(1) << 6) /* EL0 access; RES1 where there is no EL0 */
#define ARM64_READ_ONLY	    (UINT64_C(1) << 7) /* AP[2] */
#define ARM64_INNER	    (UINT64_C(3) << 8) /* inner shareable */
#define ARM64_ACCESS_FLAG   (UINT64_C(1) << 10)
#define ARM64_PXN	    (UINT64_C(1) << 53) /* RES0 where there is no EL0 */
#define ARM64_UXN	    (UINT64_C(1) << 54) /* XN where there is no EL0 */

/* EL1, and EL2 with E2H: code is executable at this level, never at EL0. */
#define ARM64_TWO_RANGES                                                                      \
	{                                                                                     \
		[MAP_CODE] = ARM64_NORMAL | ARM64_INNER | ARM64_READ_ONLY | ARM64_UXN,        \
		[MAP_RODATA] =                                                                \
			ARM64_NORMAL | ARM64_INNER | ARM64_READ_ONLY | ARM64_UXN | ARM64_PXN, \
		[MAP_DATA] = ARM64_NORMAL | ARM64_INNER | ARM64_UXN | ARM64_PXN,              \
		[MAP_PAYLOAD] =                                                               \
			ARM64_NORMAL | ARM64_INNER | ARM64_READ_ONLY | ARM64_UXN | ARM64_PXN, \
		[MAP_DEVICE] = ARM64_DEVICE | ARM64_UXN | ARM64_PXN,                          \
		[MAP_WRITE_COMBINE] = ARM64_NON_CACHEABLE | ARM64_UXN | ARM64_PXN,            \
		[MAP_UNCACHED] = ARM64_DEVICE_STRICT | ARM64_UXN | ARM64_PXN,                 \
	}

/* EL2 without E2H: one XN bit, and AP[1] must be set. */
#define ARM64_ONE_RANGE                                                                       \
	{                                                                                     \
		[MAP_CODE] = ARM64_NORMAL | ARM64_INNER | ARM64_AP1 | ARM64_READ_ONLY,        \
		[MAP_RODATA] =                                                                \
			ARM64_NORMAL | ARM64_INNER | ARM64_AP1 | ARM64_READ_ONLY | ARM64_UXN, \
		[MAP_DATA] = ARM64_NORMAL | ARM64_INNER | ARM64_AP1 | ARM64_UXN,              \
		[MAP_PAYLOAD] =                                                               \
			ARM64_NORMAL | ARM64_INNER | ARM64_AP1 | ARM64_READ_ONLY | ARM64_UXN, \
		[MAP_DEVICE] = ARM64_DEVICE | ARM64_AP1 | ARM64_UXN,                          \
		[MAP_WRITE_COMBINE] = ARM64_NON_CACHEABLE | ARM64_AP1 | ARM64_UXN,            \
		[MAP_UNCACHED] = ARM64_DEVICE_STRICT | ARM64_AP1 | ARM64_UXN,                 \
	}

#define ARM64_FORMAT(format_name, bits, level_count, leaves, first, intents) \
	{                                                                    \
		.name = (format_name),                                       \
		.levels = (level_count),                                     \
		.page_shift = 12,                                            \
		.index_bits = 9,                                             \
		.entry_size = 8,                                             \
		.leaf_levels = (leaves),                                     \
		.virtual_first = (first),                                    \
		.virtual_bits = (bits),                                      \
		.physical_bits = 48,                                         \
		.address_bit = 12,                                           \
		.table_bits = ARM64_TABLE,                                   \
		.block_bits = ARM64_BLOCK | ARM64_ACCESS_FLAG,               \
		.page_bits = ARM64_PAGE | ARM64_ACCESS_FLAG,                 \
		.intent_bits = intents,                                      \
	}

/* 4 KiB, 2 MiB and 1 GiB leaves: blocks of 512 GiB come only with 52-bit addresses. */
const struct page_table_format page_table_arm64_two_ranges_39 =
	ARM64_FORMAT("arm64-39", 39, 3, 3, 0, ARM64_TWO_RANGES);
const struct page_table_format page_table_arm64_two_ranges_48 =
	ARM64_FORMAT("arm64-48", 48, 4, 3, 0, ARM64_TWO_RANGES);
const struct page_table_format page_table_arm64_one_range_39 =
	ARM64_FORMAT("arm64-el2-39", 39, 3, 3, 0, ARM64_ONE_RANGE);
const struct page_table_format page_table_arm64_one_range_48 =
	ARM64_FORMAT("arm64-el2-48", 48, 4, 3, 0, ARM64_ONE_RANGE);
const struct page_table_format page_table_arm64_upper_39 =
	ARM64_FORMAT("arm64-upper-39", 39, 3, 3, -(UINT64_C(1) << 39), ARM64_TWO_RANGES);
const struct page_table_format page_table_arm64_upper_48 =
	ARM64_FORMAT("arm64-upper-48", 48, 4, 3, -(UINT64_C(1) << 48), ARM64_TWO_RANGES);

/*
 * riscv (privileged specification, "Sv32" to "Sv57"). A is set in every leaf and D where it can be
 * written, because hardware without Svadu faults instead of setting them. Whether memory is cached
 * is a matter of PMAs, not of these bits.
 */
#define RISCV_VALID   UINT64_C(0x01)
#define RISCV_READ    UINT64_C(0x02)
#define RISCV_WRITE   UINT64_C(0x04)
#define RISCV_EXECUTE UINT64_C(0x08)
#define RISCV_ACCESS  UINT64_C(0x40)
#define RISCV_DIRTY   UINT64_C(0x80)
#define RISCV_LEAF    (RISCV_VALID | RISCV_ACCESS)

#define RISCV_INTENTS                                                         \
	{                                                                     \
		[MAP_CODE] = RISCV_READ | RISCV_EXECUTE,                      \
		[MAP_RODATA] = RISCV_READ,                                    \
		[MAP_DATA] = RISCV_READ | RISCV_WRITE | RISCV_DIRTY,          \
		[MAP_PAYLOAD] = RISCV_READ,                                   \
		[MAP_DEVICE] = RISCV_READ | RISCV_WRITE | RISCV_DIRTY,        \
		[MAP_WRITE_COMBINE] = RISCV_READ | RISCV_WRITE | RISCV_DIRTY, \
		[MAP_UNCACHED] = RISCV_READ | RISCV_WRITE | RISCV_DIRTY,      \
	}

#define RISCV_FORMAT(format_name, bits, level_count, size, index, first, physical) \
	{                                                                          \
		.name = (format_name),                                             \
		.levels = (level_count),                                           \
		.page_shift = 12,                                                  \
		.index_bits = (index),                                             \
		.entry_size = (size),                                              \
		.leaf_levels = (level_count),                                      \
		.virtual_first = (first),                                          \
		.virtual_bits = (bits),                                            \
		.physical_bits = (physical),                                       \
		.address_bit = 10,                                                 \
		.table_bits = RISCV_VALID,                                         \
		.block_bits = RISCV_LEAF,                                          \
		.page_bits = RISCV_LEAF,                                           \
		.intent_bits = RISCV_INTENTS,                                      \
	}

/* Sv32 translates all 32 bits; the upper bits of the others' addresses repeat the highest one. */
const struct page_table_format page_table_sv32 = RISCV_FORMAT("sv32", 32, 2, 4, 10, 0, 34);
const struct page_table_format page_table_sv39 =
	RISCV_FORMAT("sv39", 39, 3, 8, 9, -(UINT64_C(1) << 38), 56);
const struct page_table_format page_table_sv48 =
	RISCV_FORMAT("sv48", 48, 4, 8, 9, -(UINT64_C(1) << 47), 56);
const struct page_table_format page_table_sv57 =
	RISCV_FORMAT("sv57", 57, 5, 8, 9, -(UINT64_C(1) << 56), 56);
