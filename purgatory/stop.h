/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ends that are not the next kernel: none of them is silent where there is a console.
 */
#ifndef PURGATORY_STOP_H
#define PURGATORY_STOP_H

/*
 * How many traps fault_stop() can make something of; entry code sleeps at once after one more. (A
 * plain number: assembler sources include this file.)
 */
#define FAULT_COUNT_MAX 3

#ifndef __ASSEMBLER__

#include <stdint.h>

struct console;
struct line;

/* Reset or halt as purgatory_mismatch_policy says, and say which. */
_Noreturn void stop(struct console *console);

/*
 * The end of every trap. @line reports it, @count is 1 for the first since entry. The first is
 * written and followed by stop(). A further one means that some part of just that trapped, and goes
 * on with what is left: the reset without a word, the last word, sleep.
 */
_Noreturn void fault_stop(struct line *line, uint64_t count);

#endif
#endif
