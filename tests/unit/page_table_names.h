/* SPDX-License-Identifier: GPL-2.0-only */
/* Short names for tables of cases. */
#ifndef UNIT_PAGE_TABLE_NAMES_H
#define UNIT_PAGE_TABLE_NAMES_H

#include "arch/page_table_formats.h"

#define EL1_39	 (&page_table_arm64_two_ranges_39)
#define EL1_48	 (&page_table_arm64_two_ranges_48)
#define EL2_39	 (&page_table_arm64_one_range_39)
#define EL2_48	 (&page_table_arm64_one_range_48)
#define UPPER_39 (&page_table_arm64_upper_39)
#define UPPER_48 (&page_table_arm64_upper_48)
#define SV32	 (&page_table_sv32)
#define SV39	 (&page_table_sv39)
#define SV48	 (&page_table_sv48)
#define SV57	 (&page_table_sv57)

#endif
