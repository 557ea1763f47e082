/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an architecture provides for the generic part of purgatory: arm64/ and riscv64/.
 *
 * Its entry code comes first: it checks the page tables (tables_check()), turns the MMU on or finds
 * a reason not to, and calls purgatory_main() with that; after it returns, the entry code turns the
 * MMU off and enters the next kernel. Its trap vectors end in a call of fault_stop(). The generic
 * part itself never changes a map.
 */
#ifndef PURGATORY_ARCH_INTERFACE_H
#define PURGATORY_ARCH_INTERFACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine.h"
#include "sha256.h"

struct console_driver;

/* The system counter: it goes up at a fixed frequency, if at all. */
uint64_t arch_counter(void);

/* Frequency of the counter in Hz as the CPU itself knows it, 0 if it does not. */
uint64_t arch_counter_frequency(void);

/* The console that firmware offers, or NULL. */
const struct console_driver *arch_console_driver(void);

/* Ask firmware for a reset, enum purgatory_reset. Returns only if no reset followed. */
void arch_reset(uint32_t method);

/* Name of the translation regime in force, for the report; only where the MMU is on. */
const char *arch_mmu_regime(void);

/*
 * The engine that is fastest on this CPU, with its caches on or not; may be called in any state in
 * which purgatory hashes. SHA256_GENERIC where only kexec can tell.
 */
enum sha256_engine arch_choose_engine(bool cached);

/* Whether the engine, one of those with a number, is this architecture's. */
bool arch_has_engine(enum sha256_engine engine);

/*
 * Call engine_test(). Returns its result, or ENGINE_MISSING if the CPU lacks one of its
 * instructions or forbids it. Purgatory returns from that exception alone, and only here.
 */
enum engine_verdict arch_try_engine(enum sha256_engine engine);

/*
 * Set and get the engine in use, for the report of a fault. A register keeps it, because memory may
 * be what faults.
 */
void arch_set_engine(enum sha256_engine engine);
uint32_t arch_engine(void);

/*
 * Clean and invalidate the data cache's lines of [start, start + size) to the point where all
 * observers, those without a cache too, see the same. Nothing to do where memory is coherent.
 */
void arch_clean(const void *start, size_t size);

/* Sleep for ever with interrupts masked. */
_Noreturn void arch_halt(void);

#endif
