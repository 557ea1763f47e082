/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The functions that an architecture (arm64/, riscv64/) provides for the generic part of purgatory.
 *
 * Its entry code comes first: it checks the page tables (tables_check()), turns the MMU on or finds
 * a reason not to, and calls purgatory_main() with that reason. After that returns, the entry code
 * turns the MMU off and enters the next kernel. Its trap vectors end in a call of stop_fault(). The
 * generic part itself never changes a map.
 */
#ifndef PURGATORY_ARCH_INTERFACE_H
#define PURGATORY_ARCH_INTERFACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cpus.h"
#include "engine.h"
#include "sha256.h"

/* The system counter. It counts up at a fixed frequency, if at all. */
uint64_t arch_counter(void);

/* The frequency of the counter in Hz, if the CPU itself knows it; else 0. */
uint64_t arch_counter_frequency(void);

/*
 * Write to the console that firmware offers as much of the text as it takes now. Returns how many
 * bytes that was, or -1 if it will never take any, or offers none. Never waits.
 */
long arch_console_write(const char *text, size_t length);

/* Ask firmware for a reset, enum purgatory_reset. Returns only if no reset followed. */
void arch_reset(uint32_t method);

/*
 * The name of the translation regime in force, for the report; only to be called with the MMU on.
 */
const char *arch_mmu_regime(void);

/* Whether an SError is pending, and since when. */
enum serror {
	SERROR_NONE,
	SERROR_AT_ENTRY, /* from before purgatory; it hides one that follows */
	SERROR_PENDING,	 /* since then */
};

/*
 * Find whether an SError is pending, after all accesses so far are complete. Interrupts stay
 * masked, so this is the only place where a read of bad memory shows. Always SERROR_NONE if the
 * architecture has nothing of the kind.
 */
enum serror arch_find_serror(void);

/*
 * The engine that is fastest on this CPU, with its caches on or off; SHA256_GENERIC if only kexec
 * can tell. May be called in any state in which purgatory hashes.
 */
enum sha256_engine arch_choose_engine(bool cached);

/* True if the engine, which is below SHA256_ENGINE_COUNT, is one of this architecture. */
bool arch_has_engine(enum sha256_engine engine);

/*
 * Call engine_test(). Returns its result, or ENGINE_MISSING if the CPU lacks one of its
 * instructions or forbids it. This is the only exception from which purgatory returns.
 */
enum engine_verdict arch_try_engine(enum sha256_engine engine);

/*
 * Set and get the engine in use, for the report of a fault. A register keeps it, because the fault
 * may be in memory.
 */
void arch_set_engine(enum sha256_engine engine);
uint32_t arch_engine(void);

/*
 * Whether purgatory has entered the next kernel, so that a fault is the next kernel's. Always false
 * if the architecture does not keep purgatory's vectors until then.
 */
bool arch_has_exited(void);

/*
 * Clean and invalidate the data cache's lines of [start, start + size) to the point where all
 * observers, with and without a cache, see the same. Does nothing if memory is coherent.
 */
void arch_clean(const void *start, size_t size);

/* The same for memory that was written with the MMU off. */
void arch_clean_uncached(const void *start, size_t size);

/*
 * The same for memory that has to outlive a reset, however it was written. Memory that is coherent
 * is no exception, because a reset may lose what is only in a cache.
 */
void arch_flush(const void *start, size_t size);

/* What firmware says of the CPU with this ID, one of purgatory_cpus_ids. */
enum cpu_firmware arch_cpu_firmware(uint64_t id);

/*
 * Ask firmware to start a CPU, with the stage CPU_ASKED, at entry code that calls cpus_work() with
 * the index of its ID. All that was written is visible to it. Returns false if firmware refuses.
 */
bool arch_cpu_start(uint64_t id, uint64_t index);

/* Sleep for ever with interrupts masked. */
_Noreturn void arch_halt(void);

#endif
