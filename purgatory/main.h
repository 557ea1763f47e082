/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What entry code calls.
 */
#ifndef PURGATORY_MAIN_H
#define PURGATORY_MAIN_H

/*
 * All that purgatory does between the state at entry and the state at exit, which are the
 * architecture's entry.S. To be called on purgatory_stack with traps going to its vectors and
 * interrupts masked. Returns only if the next kernel may be entered.
 */
void purgatory_main(void);

#endif
