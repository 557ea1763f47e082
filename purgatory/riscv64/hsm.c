/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Other harts, by the SBI's Hart State Management extension. Firmware without it answers every call
 * with an error.
 */
#include "arch_interface.h"
#include "sbi.h"

#define SBI_HSM	      UINT64_C(0x48534d)
#define SBI_HSM_START UINT64_C(0)
#define SBI_HSM_STATE UINT64_C(2)

/* The states of a hart that matter here; all others are on the way, or asleep. */
#define STATE_STARTED UINT64_C(0)
#define STATE_STOPPED UINT64_C(1)

/* cpus.S: where firmware starts a hart, with its ID in a0 and the index in a1. */
void riscv64_cpu_entry(void);

CPUS_TEXT enum cpu_firmware arch_cpu_firmware(uint64_t id)
{
	const struct sbi_result result = sbi_call(id, 0, 0, 0, 0, 0, SBI_HSM_STATE, SBI_HSM);

	if (result.error)
		return CPU_FIRMWARE_UNKNOWN;
	if (result.value == STATE_STOPPED)
		return CPU_FIRMWARE_OFF;
	return result.value == STATE_STARTED ? CPU_FIRMWARE_ON : CPU_FIRMWARE_PENDING;
}

CPUS_TEXT bool arch_cpu_start(uint64_t id, uint64_t index)
{
	const uint64_t entry = (uintptr_t)riscv64_cpu_entry;

	__asm__ volatile("fence rw, rw" : : : "memory");
	return sbi_call(id, entry, index, 0, 0, 0, SBI_HSM_START, SBI_HSM).error == 0;
}
