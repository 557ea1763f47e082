/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The functions of riscv64 for the generic part: the counter, sleep, and the report of a trap.
 * Those that firmware serves are in sbi.c.
 */
#include "arch_interface.h"
#include "line.h"
#include "purgatory.h"
#include "riscv64/cache.h"
#include "stop.h"

_Static_assert(POLICY_HALT == PURGATORY_POLICY_HALT, "assembler and C mean the same policy");
_Static_assert(offsetof(struct purgatory_ending, mismatch_policy) == ENDING_POLICY, "one layout");

/* entry.S */
extern const char purgatory_start[];

/* trap.S calls this for the first trap, and for what entry.S finds: DAMAGE_* of stop.h. */
_Noreturn void riscv64_fault(uint64_t scause, uint64_t stval, uint64_t sepc);

uint64_t arch_counter(void)
{
	uint64_t value;

	__asm__ volatile("csrr %0, time" : "=r"(value) : : "memory");
	return value;
}

/* Only the device tree has the frequency. */
uint64_t arch_counter_frequency(void)
{
	return 0;
}

enum sha256_engine arch_choose_engine(bool cached)
{
	(void)cached;
	return SHA256_GENERIC;
}

bool arch_has_engine(enum sha256_engine engine)
{
	return engine >= SHA256_RISCV64_ZBB && engine <= SHA256_RISCV64_RVV;
}

/* The thread pointer is free: purgatory has no threads. */
void arch_set_engine(enum sha256_engine engine)
{
	__asm__ volatile("mv tp, %0" : : "r"((uint64_t)engine) : "memory");
}

uint32_t arch_engine(void)
{
	uint64_t value;

	__asm__ volatile("mv %0, tp" : "=r"(value) : : "memory");
	return (uint32_t)value;
}

/* The last thing that entry.S does is to set stvec for the next kernel. */
bool arch_has_exited(void)
{
	return false;
}

/* The size of a block to flush, or 0 (cache.S). No code of C uses gp. */
static uint64_t read_block(void)
{
	uint64_t block;

	__asm__ volatile("mv %0, gp" : "=r"(block));
	return block;
}

void arch_flush(const void *start, size_t size)
{
	uint64_t address = (uintptr_t)start;
	const uint64_t block = read_block(), end = address + size;

	if (!block)
		return;
	for (address &= -block; address < end; address += block)
		__asm__ volatile(".insn i 0x0f, 2, x0, %0, %1"
				 :
				 : "r"(address), "i"(CBO_FLUSH)
				 : "memory");
	__asm__ volatile("fence rw, rw" : : : "memory");
}

/* Data caches are coherent with every observer, unless kexec says that devices do not see them. */
void arch_clean(const void *start, size_t size)
{
	if (read_block() && purgatory_cache_block)
		arch_flush(start, size);
}

void arch_clean_uncached(const void *start, size_t size)
{
	(void)start;
	(void)size;
}

/* Errors of memory are exceptions here, or interrupts that only M-mode sees. */
enum serror arch_find_serror(void)
{
	return SERROR_NONE;
}

_Noreturn void arch_halt(void)
{
	__asm__ volatile("csrw sie, zero");
	for (;;)
		__asm__ volatile("wfi");
}

_Noreturn void riscv64_fault(uint64_t scause, uint64_t stval, uint64_t sepc)
{
	struct line line;

	if (scause == DAMAGE_SELF)
		stop_damaged((uintptr_t)purgatory_start, stval, sepc);
	if (scause == DAMAGE_ENTRY)
		stop_without_entry(stval);
	line_begin(&line, stop_fault_text());
	line_add_word(&line, "cause", "trap");
	line_add_hex(&line, "scause", scause);
	line_add_hex(&line, "stval", stval);
	line_add_hex(&line, "sepc", sepc);
	stop_fault(&line);
}
