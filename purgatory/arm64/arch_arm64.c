/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The functions of arm64 for the generic part: the counter, PSCI, and the reports of an exception
 * and of a wrong place.
 */
#include "arch_interface.h"

#include <stddef.h>

#include "console.h"
#include "line.h"
#include "purgatory.h"
#include "registers.h"
#include "stop.h"

/* Arm DEN 0022, Power State Coordination Interface. */
#define PSCI_SYSTEM_RESET  UINT64_C(0x84000009)
#define PSCI_CPU_ON	   UINT64_C(0xc4000003)
#define PSCI_AFFINITY_INFO UINT64_C(0xc4000004)

/* psci.S: call @function through a conduit; returns PSCI's error, or a number. */
int64_t psci_call_smc(uint64_t function, uint64_t argument1, uint64_t argument2,
		      uint64_t argument3);
int64_t psci_call_hvc(uint64_t function, uint64_t argument1, uint64_t argument2,
		      uint64_t argument3);

/* cpus.S: where firmware starts a CPU, with the index in x0. */
void arm64_cpu_entry(void);

/* entry.S */
extern const char purgatory_start[];

_Static_assert(POLICY_HALT == PURGATORY_POLICY_HALT, "assembler and C mean the same policy");
_Static_assert(offsetof(struct purgatory_ending, reset_method) == ENDING_RESET_METHOD,
	       "one layout");
_Static_assert(offsetof(struct purgatory_ending, mismatch_policy) == ENDING_POLICY, "one layout");

/* vectors.S calls this for the first exception, and for what entry.S finds: DAMAGE_* of stop.h. */
_Noreturn void arm64_fault(uint64_t vector, uint64_t esr, uint64_t far, uint64_t elr);

/* entry.S calls this if purgatory_start is at the physical @address, and not where it was placed.
 */
_Noreturn void arm64_wrong_place(uint64_t address);

/* The virtual counter: unlike the physical one it can be read at EL1 under every hypervisor. */
uint64_t arch_counter(void)
{
	uint64_t value;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(value) : : "memory");
	return value;
}

uint64_t arch_counter_frequency(void)
{
	uint64_t value;

	__asm__ volatile("mrs %0, cntfrq_el0" : "=r"(value));
	return value;
}

long arch_console_write(const char *text, size_t length)
{
	(void)text;
	(void)length;
	return -1;
}

/* If a conduit is undefined, that is an exception, after which vectors.S tries the other one. */
void arch_reset(uint32_t method)
{
	const bool unknown = method != PURGATORY_RESET_PSCI_SMC &&
			     method != PURGATORY_RESET_PSCI_HVC && method != PURGATORY_RESET_NONE;

	if (method == PURGATORY_RESET_PSCI_HVC || unknown)
		psci_call_hvc(PSCI_SYSTEM_RESET, 0, 0, 0);
	if (method == PURGATORY_RESET_PSCI_SMC || unknown)
		psci_call_smc(PSCI_SYSTEM_RESET, 0, 0, 0);
}

/* kexec gives CPUs to start only if the conduit is known. */
CPUS_TEXT static int64_t call_psci(uint64_t function, uint64_t argument1, uint64_t argument2,
				   uint64_t argument3)
{
	if (purgatory_reset_method == PURGATORY_RESET_PSCI_HVC)
		return psci_call_hvc(function, argument1, argument2, argument3);
	return psci_call_smc(function, argument1, argument2, argument3);
}

CPUS_TEXT enum cpu_firmware arch_cpu_firmware(uint64_t id)
{
	switch (call_psci(PSCI_AFFINITY_INFO, id, 0, 0)) {
	case 0:
		return CPU_FIRMWARE_ON;
	case 1:
		return CPU_FIRMWARE_OFF;
	case 2:
		return CPU_FIRMWARE_PENDING;
	default:
		return CPU_FIRMWARE_UNKNOWN;
	}
}

/* The barrier: the other CPU reads what it needs with its caches off at first. */
CPUS_TEXT bool arch_cpu_start(uint64_t id, uint64_t index)
{
	__asm__ volatile("dsb sy" : : : "memory");
	return call_psci(PSCI_CPU_ON, id, (uintptr_t)arm64_cpu_entry, index) == 0;
}

static uint32_t read_field(uint64_t value, unsigned int bit)
{
	return value >> bit & 0xf;
}

/*
 * On every CPU that was looked at, two messages in step are faster than one. On every one without
 * SHA2, four in vectors are faster than the portable engine (docs/engines.md). So the CPU's name
 * does not matter. Without caches only the number of accesses matters.
 */
enum sha256_engine arch_choose_engine(bool cached)
{
	uint64_t isar0, pfr0;

	__asm__ volatile("mrs %0, id_aa64isar0_el1" : "=r"(isar0));
	__asm__ volatile("mrs %0, id_aa64pfr0_el1" : "=r"(pfr0));
	if (read_field(pfr0, ID_AA64PFR0_ADVSIMD_BIT) == ADVSIMD_MISSING)
		return SHA256_GENERIC;
	if (read_field(isar0, ID_AA64ISAR0_SHA2_BIT) == 0)
		return cached ? SHA256_ARM64_NEON_X4 : SHA256_ARM64_UNCACHED;
	return cached ? SHA256_ARM64_SHA2_X2 : SHA256_ARM64_SHA2;
}

bool arch_has_engine(enum sha256_engine engine)
{
	return engine >= SHA256_ARM64_SHA2 && engine <= SHA256_ARM64_UNCACHED;
}

/* A register that neither purgatory nor its engines use otherwise; see registers.h. */
static uint64_t read_state(void)
{
	uint64_t value;

	__asm__ volatile("mrs %0, tpidr_el0" : "=r"(value) : : "memory");
	return value;
}

void arch_set_engine(enum sha256_engine engine)
{
	const uint64_t value = (read_state() & ~(uint64_t)ENGINE_MASK) | (uint64_t)engine;

	__asm__ volatile("msr tpidr_el0, %0" : : "r"(value) : "memory");
}

uint32_t arch_engine(void)
{
	return read_state() & ENGINE_MASK;
}

bool arch_has_exited(void)
{
	return read_state() & NEXT_KERNEL_RUNS;
}

/*
 * SErrors stay masked from entry to exit, but ISR_EL1 says whether one is pending. Where it is
 * undefined nobody knows.
 */
enum serror arch_find_serror(void)
{
	const uint64_t state = read_state();
	uint64_t value;

	if (state & ISR_A)
		return SERROR_AT_ENTRY;
	if (state & ISR_MISSING)
		return SERROR_NONE;
	__asm__ volatile("dsb sy\n\tisb\n\tmrs %0, isr_el1" : "=r"(value) : : "memory");
	return value & ISR_A ? SERROR_PENDING : SERROR_NONE;
}

_Noreturn void arch_halt(void)
{
	__asm__ volatile("msr daifset, #0xf");
	for (;;)
		__asm__ volatile("wfi");
}

/* The vectors come in fours, one for each kind. */
_Noreturn void arm64_fault(uint64_t vector, uint64_t esr, uint64_t far, uint64_t elr)
{
	static const char causes[4][16] = {"synchronous", "irq", "fiq", "serror"};
	struct line line;

	if (vector == DAMAGE_SELF)
		stop_damaged((uintptr_t)purgatory_start, far, elr);
	if (vector == DAMAGE_ENTRY)
		stop_without_entry(esr);
	line_begin(&line, stop_fault_text());
	line_add_word(&line, "cause", causes[vector % 4]);
	line_add_hex(&line, "esr", esr);
	line_add_hex(&line, "far", far);
	line_add_hex(&line, "elr", elr);
	stop_fault(&line);
}

/*
 * A kernel that chooses the place of a crash kernel itself may choose another one than kexec has
 * foreseen (kexec_file_load(2), kexec/plan/wrapped_image.h). Nothing is where the manifest says
 * then.
 */
_Noreturn void arm64_wrong_place(uint64_t address)
{
	struct console console;
	struct line line;

	console_open(&console);
	line_begin(&line, "FAULT");
	line_add_word(&line, "cause", "place");
	line_add_hex(&line, "address", address);
	line_add_hex(&line, "expected", purgatory_address);
	stop_report(&console, &line);
	stop(&console);
}
