/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Purgatory's calls of the riscv64 firmware (RISC-V Supervisor Binary Interface specification): the
 * console, and a reset.
 */
#include "sbi.h"
#include "arch_interface.h"
#include "purgatory.h"

#define SBI_LEGACY_PUTCHAR UINT64_C(1)

#define SBI_BASE		 UINT64_C(0x10)
#define SBI_BASE_PROBE_EXTENSION UINT64_C(3)

#define SBI_DBCN	       UINT64_C(0x4442434e)
#define SBI_DBCN_CONSOLE_WRITE UINT64_C(0)

#define SBI_SRST	      UINT64_C(0x53525354)
#define SBI_SRST_SYSTEM_RESET UINT64_C(0)
#define SBI_SRST_COLD_REBOOT  UINT64_C(1)

/* All calls here have two arguments or fewer that are not 0. */
static struct sbi_result call(uint64_t extension, uint64_t function, uint64_t argument0,
			      uint64_t argument1)
{
	return sbi_call(argument0, argument1, 0, 0, 0, 0, function, extension);
}

/* Firmware that does not know the base extension (version 0.1) returns an error. */
static bool sbi_has_extension(uint64_t extension)
{
	struct sbi_result result = call(SBI_BASE, SBI_BASE_PROBE_EXTENSION, extension, 0);

	return result.error == 0 && result.value != 0;
}

/* The call takes a physical address, and pointers are physical addresses here. */
static long dbcn_write(const char *text, size_t length)
{
	struct sbi_result result = call(SBI_DBCN, SBI_DBCN_CONSOLE_WRITE, length, (uintptr_t)text);

	if (result.error || result.value > length)
		return -1;
	return (long)result.value;
}

static long legacy_write(const char *text, size_t length)
{
	size_t done;

	for (done = 0; done < length; done++) {
		if (call(SBI_LEGACY_PUTCHAR, 0, (uint8_t)text[done], 0).error)
			break;
	}
	return done || !length ? (long)done : -1;
}

/* Firmware stays and sends what is left, so there is nothing to wait for. */
long arch_console_write(const char *text, size_t length)
{
	return sbi_has_extension(SBI_DBCN) ? dbcn_write(text, length) : legacy_write(text, length);
}

/* Legacy shutdown is no substitute, because it leaves the machine off. */
void arch_reset(uint32_t method)
{
	if (method != PURGATORY_RESET_NONE)
		call(SBI_SRST, SBI_SRST_SYSTEM_RESET, SBI_SRST_COLD_REBOOT, 0);
}
