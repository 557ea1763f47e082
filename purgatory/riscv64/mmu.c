/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checking the page tables and switching them on (RISC-V privileged specification, "Supervisor
 * Address Translation and Protection (satp) Register").
 *
 * On riscv64 they give protection. Physical memory attributes decide what is cached, with satp or
 * without.
 */
#include "riscv64/mmu.h"

#include "arch_interface.h"
#include "purgatory.h"
#include "tables.h"

/* satp.MODE, the field's shift and its values */
#define SATP_MODE_SHIFT 60
#define SATP_MODE_SV39	8
#define SATP_MODE_SV48	9
#define SATP_MODE_SV57	10

static uint64_t read_satp(void)
{
	uint64_t value;

	__asm__ volatile("csrr %0, satp" : "=r"(value) : : "memory");
	return value;
}

/* After it no older translation is in use, and older stores into tables are seen. */
static void write_satp(uint64_t value)
{
	__asm__ volatile("csrw satp, %0\n\tsfence.vma" : : "r"(value) : "memory");
}

uint32_t riscv64_mmu_on(void)
{
	uint64_t satp = purgatory_tables_register[PURGATORY_TABLES_LOW];
	uint32_t reason = tables_check(PURGATORY_TABLES_LOW, 0);

	if (reason != PURGATORY_MMU_ON)
		return reason;
	write_satp(satp);
	/* Writing a mode that the hart does not have changes nothing. */
	return read_satp() == satp ? PURGATORY_MMU_ON : PURGATORY_MMU_MODE;
}

const char *arch_mmu_regime(void)
{
	/* Not a switch, because a compiler may turn it into a table of pointers. */
	static const char names[][8] = {
		[SATP_MODE_SV39] = "sv39",
		[SATP_MODE_SV48] = "sv48",
		[SATP_MODE_SV57] = "sv57",
	};
	const uint64_t mode = read_satp() >> SATP_MODE_SHIFT;

	if (mode >= sizeof(names) / sizeof(names[0]) || !names[mode][0])
		return "unknown";
	return names[mode];
}
