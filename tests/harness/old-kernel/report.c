/* SPDX-License-Identifier: GPL-2.0-only */
/* What the old kernel writes to the console. */
#include "old-kernel.h"

void report_text(const struct parameters *parameters, const char *text)
{
	for (; *text; text++)
		arch_put_character(parameters, *text);
}

void report_value(const struct parameters *parameters, const char *name, uint64_t value)
{
	report_text(parameters, " ");
	report_text(parameters, name);
	report_text(parameters, "=0x");
	for (int shift = 60; shift >= 0; shift -= 4) {
		unsigned int digit = (value >> shift) & 15;

		arch_put_character(parameters, (char)(digit < 10 ? '0' + digit : 'a' + digit - 10));
	}
}
