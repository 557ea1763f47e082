/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The formats of page tables that purgatory may run with.
 */
#ifndef PLAN_PAGE_TABLE_FORMATS_H
#define PLAN_PAGE_TABLE_FORMATS_H

#include "plan/page_table.h"

/*
 * arm64, 4 KiB granule, 48-bit output addresses. Regimes with two address ranges (EL1, and EL2 with
 * E2H) and EL2 without E2H, which has one, differ in permission bits; each has its own formats. The
 * 39-bit ones save a level where all addresses are below 512 GiB; the upper one is for TTBR1.
 */
extern const struct page_table_format page_table_arm64_two_ranges_39;
extern const struct page_table_format page_table_arm64_two_ranges_48;
extern const struct page_table_format page_table_arm64_one_range_39;
extern const struct page_table_format page_table_arm64_one_range_48;
extern const struct page_table_format page_table_arm64_upper_39;
extern const struct page_table_format page_table_arm64_upper_48;

extern const struct page_table_format page_table_sv32;
extern const struct page_table_format page_table_sv39;
extern const struct page_table_format page_table_sv48;
extern const struct page_table_format page_table_sv57;

#endif
