/* SPDX-License-Identifier: GPL-2.0-only */
/* Sizes that the old kernel's C and assembler share. */
#ifndef OLD_KERNEL_LAYOUT_H
#define OLD_KERNEL_LAYOUT_H

/* Size and alignment of each table, whatever the size of a page, and how many there is room for. */
#define TABLE_SIZE  65536
#define TABLE_COUNT 24

/* Room for struct parameters. */
#define PARAMETERS_SIZE 512

#endif
