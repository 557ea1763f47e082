/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The report for the next kernel, see PURGATORY_REPORT_PROPERTY in include/purgatory.h.
 *
 * The page tables map the device tree read-only. So the text waits above the stack until the MMU is
 * off.
 */
#ifndef PURGATORY_REPORT_H
#define PURGATORY_REPORT_H

/* Bytes of the text; a plain number, because assembler sources include this file. */
#define REPORT_SIZE 320

#ifndef __ASSEMBLER__

#include "line.h"

/* Keep the text of @line, which has not been ended, for report_write(). */
void report_keep(const struct line *line);

/*
 * Write what was kept into the device tree, and clean it to where the next kernel reads. Entry code
 * calls this with the MMU off, after report_keep().
 */
void report_write(void);

#endif
#endif
