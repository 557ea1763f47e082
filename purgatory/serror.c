/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every line that reports a verdict or a fault says of a pending SError.
 */
#include "serror.h"

#include "arch_interface.h"
#include "line.h"

void serror_add(struct line *line)
{
	const enum serror serror = arch_find_serror();

	if (serror == SERROR_AT_ENTRY)
		line_add_word(line, "serror", "entry");
	else if (serror == SERROR_PENDING)
		line_add_word(line, "serror", "pending");
}
