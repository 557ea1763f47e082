/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How purgatory ends without entering the next kernel. If there is a console, each way writes to
 * it.
 */
#ifndef PURGATORY_STOP_H
#define PURGATORY_STOP_H

/*
 * How many traps stop_fault() handles. After one more, entry code sleeps at once. (A plain number:
 * assembler sources include this file.)
 */
#define FAULT_COUNT_MAX 3

#ifndef __ASSEMBLER__

#include <stdint.h>

struct console;
struct line;

/*
 * Halt if purgatory_mismatch_policy says that, else reset, and write which. The other policies
 * mean a reset here.
 */
_Noreturn void stop(struct console *console);

/*
 * Report a mismatch, or what purgatory cannot go on with, and whether an SError is pending: to
 * where it outlives a reset (pstore.h), then to the console, where writing may fault.
 */
void stop_report(struct console *console, struct line *line);

/* The text with which the line of a fault begins: it says whose fault it is. */
const char *stop_fault_text(void);

/*
 * The end of every trap. @line reports it, @count is 1 for the first since entry. For the first
 * trap stop_fault() writes the line and calls stop(). A further trap means that a part of this
 * trapped. Then stop_fault() goes on with what is left: the reset without a line, the last line,
 * sleep.
 */
_Noreturn void stop_fault(struct line *line, uint64_t count);

#endif
#endif
