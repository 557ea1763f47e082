/* SPDX-License-Identifier: GPL-2.0-only */
/* The old kernel on riscv64: The RISC-V Instruction Set Manual, Volume II, "Supervisor". */
#include "riscv64.h"
#include "old-kernel.h"

#define SATP_MODE  60
#define SATP_SV39  UINT64_C(8)
#define SATP_SV48  UINT64_C(9)
#define SATP_SV57  UINT64_C(10)
#define PAGE_SHIFT 12

#define ENTRY_VALID    UINT64_C(1)
#define ENTRY_RWXAD    UINT64_C(0xce)
#define ENTRY_PPN      10
#define ENTRY_PPN_BITS UINT64_C(0xfffffffffff)

#define SBI_PUTCHAR 1

#define SBI_FWFT	 0x46574654
#define FWFT_SET	 0
#define FWFT_DOUBLE_TRAP 3

#define SSTATUS_VS_INITIAL UINT64_C(0x200)
#define SSTATUS_SDT	   (UINT64_C(1) << 24)

/* Purgatory only passes the ID on; this machine's hart is 0, which could be there by accident. */
#define HART 7

uint64_t arch_table(const uint64_t *table)
{
	return (uint64_t)table >> PAGE_SHIFT << ENTRY_PPN | ENTRY_VALID;
}

uint64_t *arch_table_address(uint64_t entry)
{
	return (uint64_t *)((entry >> ENTRY_PPN & ENTRY_PPN_BITS) << PAGE_SHIFT);
}

/* What is memory and what is a device is not the tables' business. */
uint64_t arch_leaf(const struct page_table *table, uint64_t address, enum memory memory)
{
	(void)table;
	(void)memory;
	return address >> PAGE_SHIFT << ENTRY_PPN | ENTRY_RWXAD | ENTRY_VALID;
}

void arch_put_character(const struct parameters *parameters, char character)
{
	register uint64_t argument __asm__("a0") = (uint8_t)character;
	register uint64_t extension __asm__("a7") = SBI_PUTCHAR;

	(void)parameters;
	__asm__ volatile("ecall" : "+r"(argument) : "r"(extension) : "a1", "memory");
}

/*
 * SBI 3.0, FWFT: set the feature DOUBLE_TRAP; loops for ever if the firmware refuses. Then be in a
 * state as if in the middle of a trap, in which a crash calls the next kernel.
 */
static void allow_double_traps(void)
{
	register uint64_t feature __asm__("a0") = FWFT_DOUBLE_TRAP;
	register uint64_t value __asm__("a1") = 1;
	register uint64_t flags __asm__("a2") = 0;
	register uint64_t function __asm__("a6") = FWFT_SET;
	register uint64_t extension __asm__("a7") = SBI_FWFT;

	__asm__ volatile("ecall"
			 : "+r"(feature), "+r"(value)
			 : "r"(flags), "r"(function), "r"(extension)
			 : "memory");
	while (feature)
		; /* the test's time limit tells */
	__asm__ volatile("csrs sstatus, %0" : : "r"(SSTATUS_SDT) : "memory");
}

static uint64_t make_satp(const struct page_table *table)
{
	const uint64_t mode = table->virtual_bits == 39	  ? SATP_SV39
			      : table->virtual_bits == 48 ? SATP_SV48
							  : SATP_SV57;

	return mode << SATP_MODE | (uint64_t)table->root >> PAGE_SHIFT;
}

static struct page_table make_map(const struct parameters *parameters, struct table_pool *pool)
{
	struct page_table map = {
		.root = table_allocate(pool),
		.page_shift = PAGE_SHIFT,
		.virtual_bits = (unsigned int)parameters->virtual_bits,
	};

	page_table_map(&map, pool, parameters->ram, parameters->virtual_offset, MEMORY_NORMAL);
	page_table_map(&map, pool, parameters->far_ram, parameters->virtual_offset, MEMORY_NORMAL);
	return map;
}

static void set_satp(uint64_t satp)
{
	__asm__ volatile("csrw satp, %0\n\tsfence.vma" : : "r"(satp) : "memory");
}

/* Nothing of it but vstart is cleared by what follows. The instruction is vsetvl zero, t0, t0. */
static void spoil_vectors(void)
{
	__asm__ volatile("csrs	sstatus, %0\n\t"
			 "li	t0, -1\n\t"
			 ".word	0x8052f057\n\t"
			 "csrw	0x008, %1" /* vstart */
			 :
			 : "r"(SSTATUS_VS_INITIAL), "r"(3)
			 : "t0", "memory");
}

_Noreturn void old_kernel(const struct parameters *parameters, struct table_pool *pool)
{
	const struct page_table kernel = make_map(parameters, pool);
	struct page_table both = make_map(parameters, pool);

	page_table_map(&both, pool, parameters->ram, 0, MEMORY_NORMAL);
	page_table_map(&both, pool, parameters->far_ram, 0, MEMORY_NORMAL);
	set_satp(make_satp(&both));
	segments_write(parameters);
	report_text(parameters, "old:");
	report_value(parameters, "a0", HART);
	report_value(parameters, "satp", make_satp(&kernel));
	report_text(parameters, "\r\n");
	if (parameters->flags & FLAG_DOUBLE_TRAP)
		allow_double_traps();
	if (parameters->flags & FLAG_VECTORS)
		spoil_vectors();
	switch (parameters->regime) {
	case REGIME_VIRTUAL:
		leave_virtual(parameters->entry, HART, make_satp(&kernel),
			      parameters->virtual_offset);
	case REGIME_TRAP:
		leave_trap(parameters->entry, HART, make_satp(&kernel), parameters->virtual_offset);
	case REGIME_IDENTITY:
		leave_identity(parameters->entry, HART, make_satp(&both));
	default:
		leave_identity(parameters->entry, HART, 0);
	}
}
