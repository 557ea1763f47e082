/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The report for the next kernel.
 */
#include "report.h"

#include <stddef.h>
#include <stdint.h>

#include "arch_interface.h"
#include "purgatory.h"

_Static_assert(REPORT_SIZE == PURGATORY_REPORT_SIZE, "stack.S and kexec mean the same size");
_Static_assert(REPORT_SIZE >= LINE_SIZE, "every line fits");

/* stack.S */
extern char purgatory_report_text[REPORT_SIZE];

void report_keep(const struct line *line)
{
	size_t i;

	for (i = 0; i < REPORT_SIZE; i++)
		purgatory_report_text[i] = i < line->length ? line->text[i] : 0;
}

/* Byte by byte: with the MMU off an access must be aligned, and properties are to 4 bytes. */
void report_write(void)
{
	volatile char *report = (volatile char *)(uintptr_t)purgatory_report_address;
	size_t i;

	if (!report)
		return;
	for (i = 0; i < REPORT_SIZE; i++)
		report[i] = purgatory_report_text[i];
	arch_clean_uncached((const void *)(uintptr_t)report, REPORT_SIZE);
}
