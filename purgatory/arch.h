/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an architecture provides for the generic part of purgatory: arm64/ and riscv64/.
 *
 * Its entry code comes first, see purgatory_main() for what it calls and what follows; its trap
 * vectors end in a call of fault_stop().
 */
#ifndef PURGATORY_ARCH_H
#define PURGATORY_ARCH_H

#include <stdint.h>

struct console_driver;

/* The system counter: it goes up at a fixed frequency, if at all. */
uint64_t arch_counter(void);

/* Frequency of the counter in Hz as the CPU itself knows it, 0 if it does not. */
uint64_t arch_counter_frequency(void);

/* The console that firmware offers, or NULL. */
const struct console_driver *arch_console_driver(void);

/* Ask firmware for a reset, enum purgatory_reset. Returns only if there was none. */
void arch_reset(uint32_t method);

/* Sleep for ever with interrupts masked. */
_Noreturn void arch_halt(void);

#endif
