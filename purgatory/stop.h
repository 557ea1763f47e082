/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How purgatory ends without entering the next kernel. If there is a console, each way writes to
 * it.
 */
#ifndef PURGATORY_STOP_H
#define PURGATORY_STOP_H

/*
 * How many faults there may be. The first is reported, by stop_fault(), unless the code for that is
 * damaged. From the second one on entry code resets at once, without memory if it can. It sleeps
 * only after this many. (Plain numbers: assembler sources include this file.)
 */
#define FAULT_COUNT_MAX 8

/* Up to this many faults entry code reads policy and method from memory. */
#define FAULT_COUNT_MEMORY 3

/* Numbers of include/purgatory.h, and offsets in struct purgatory_ending, for assembler. */
#define POLICY_HALT	    1
#define ENDING_RESET_METHOD 96
#define ENDING_POLICY	    100

/* What entry code finds by itself: numbers that are no vectors and no causes of a trap. */
#define DAMAGE_SELF  0x100 /* purgatory's own sum is wrong: expected, actual */
#define DAMAGE_ENTRY 0x101 /* the kernel's entry is wrong: address */

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
 * The end of the first trap: write the line that reports it, and call stop(). A further trap means
 * that a part of this trapped. Then entry code resets.
 */
_Noreturn void stop_fault(struct line *line);

/*
 * The end if purgatory's image, which begins at @address, does not have the sum that kexec patched.
 */
_Noreturn void stop_damaged(uint64_t address, uint64_t expected, uint64_t actual);

/* The end if what purgatory_main() returned is not the kernel's entry. */
_Noreturn void stop_without_entry(uint64_t address);

#endif
#endif
