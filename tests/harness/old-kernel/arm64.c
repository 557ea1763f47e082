/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The old kernel on arm64: Arm DDI 0487, D8 (the VMSA) and D24 (the registers).
 *
 * At EL2 with HCR_EL2.E2H the names that end in _EL1 mean the registers of EL2, so two sets of
 * names serve three regimes.
 */
#include "arm64.h"
#include "old-kernel.h"

#define CURRENT_EL2 (UINT64_C(2) << 2)
#define HCR_E2H	    (UINT64_C(1) << 34)

#define SCTLR_M (UINT64_C(1) << 0)
#define SCTLR_C (UINT64_C(1) << 2)
#define SCTLR_I (UINT64_C(1) << 12)

/* Else as Linux has it: bits that are RES1 in some version, and checks of SP's alignment. */
#define SCTLR_LINUX UINT64_C(0x30d5c918)

/* Normal Write-Back at 0 and Device-nGnRE at 4, as Linux has it; and both elsewhere. */
#define MAIR_LINUX	  UINT64_C(0x000000040044ffff)
#define MAIR_LINUX_NORMAL 0
#define MAIR_LINUX_DEVICE 4
#define MAIR_OTHER	  UINT64_C(0x0000ff0000000404)
#define MAIR_OTHER_NORMAL 5
#define MAIR_OTHER_DEVICE 1

/* Fields of TCR for a half: inner and outer Write-Back, inner shareable. */
#define TCR_CACHED	UINT64_C(0x3500)
#define TCR_T1		16 /* how far TTBR1's fields are above TTBR0's */
#define TCR_TG0		14
#define TCR_TG1		30
#define TCR_EL2_RES1	(UINT64_C(1) << 31 | UINT64_C(1) << 23)
#define TCR_EL2_PS	16
#define TCR_IPS		32
#define TCR_A1		(UINT64_C(1) << 22)
#define TCR_TBI1	(UINT64_C(1) << 38)
#define TCR_DS		(UINT64_C(1) << 59)
#define PARANGE_48_BITS 5

/* CPTR_EL2 without E2H; with it, it is CPACR_EL1 by name and layout. */
#define CPTR_RES1  UINT64_C(0x33ff)
#define CPTR_TFP   (UINT64_C(1) << 10)
#define CPTR_TSM   (UINT64_C(1) << 12)
#define CPACR_FPEN (UINT64_C(3) << 20)
#define CPACR_SMEN (UINT64_C(3) << 24)

#define ENTRY_TABLE    UINT64_C(3)
#define ENTRY_BLOCK    UINT64_C(1)
#define ENTRY_ADDRESS  UINT64_C(0x0000fffffffff000)
#define BLOCK_ATTR     2
#define BLOCK_AP1_RES1 (UINT64_C(1) << 6)
#define BLOCK_SHARED   (UINT64_C(3) << 8)
#define BLOCK_AF       (UINT64_C(1) << 10)

#define read_register(name)                                        \
	({                                                         \
		uint64_t value_;                                   \
		__asm__ volatile("mrs %0, " #name : "=r"(value_)); \
		value_;                                            \
	})
#define write_register(name, value) __asm__ volatile("msr " #name ", %0" : : "r"(value))

/* The registers of the stage 1 translation. */
struct translation {
	uint64_t mair, tcr, ttbr0, ttbr1;
};

/* EL2 without E2H: one half of the address space, and registers of its own. */
static bool is_plain_el2(void)
{
	return read_register(CurrentEL) == CURRENT_EL2 && !(read_register(hcr_el2) & HCR_E2H);
}

uint64_t arch_table(const uint64_t *table)
{
	return (uint64_t)table | ENTRY_TABLE;
}

uint64_t *arch_table_address(uint64_t entry)
{
	return (uint64_t *)(entry & ENTRY_ADDRESS);
}

uint64_t arch_leaf(const struct page_table *table, uint64_t address, enum memory memory)
{
	uint64_t entry = address | ENTRY_BLOCK | BLOCK_AF;

	entry |= (uint64_t)table->attributes[memory] << BLOCK_ATTR;
	if (!table->wide_addresses) /* else these bits are of the address */
		entry |= BLOCK_SHARED;
	if (is_plain_el2())
		entry |= BLOCK_AP1_RES1;
	return entry;
}

void arch_put_character(const struct parameters *parameters, char character)
{
	*(volatile uint32_t *)parameters->uart.start = (uint8_t)character;
}

/* TG0 and TG1 have their granules in different orders. */
static uint64_t granules(uint64_t page_shift)
{
	switch (page_shift) {
	case 16:
		return UINT64_C(1) << TCR_TG0 | UINT64_C(3) << TCR_TG1;
	case 14:
		return UINT64_C(2) << TCR_TG0 | UINT64_C(1) << TCR_TG1;
	default:
		return UINT64_C(0) << TCR_TG0 | UINT64_C(2) << TCR_TG1;
	}
}

static uint64_t make_tcr(const struct parameters *parameters)
{
	const uint64_t half = TCR_CACHED | (64 - parameters->virtual_bits);
	uint64_t range = read_register(id_aa64mmfr0_el1) & 15;
	uint64_t tcr;

	if (range > PARANGE_48_BITS)
		range = PARANGE_48_BITS;
	if (is_plain_el2())
		return TCR_EL2_RES1 | half | range << TCR_EL2_PS |
		       (granules(parameters->page_shift) & UINT64_C(3) << TCR_TG0);
	tcr = half | half << TCR_T1 | granules(parameters->page_shift) | range << TCR_IPS | TCR_A1 |
	      TCR_TBI1;
	if (parameters->flags & FLAG_DS)
		tcr |= TCR_DS;
	return tcr;
}

/* RAM and the UART to themselves in TTBR0, and RAM in the linear map in TTBR1. */
static void make_translation(struct translation *translation, const struct parameters *parameters,
			     struct table_pool *pool)
{
	const bool other = parameters->flags & FLAG_MAIR;
	struct page_table low = {
		.root = table_allocate(pool),
		.page_shift = (unsigned int)parameters->page_shift,
		.virtual_bits = (unsigned int)parameters->virtual_bits,
		.wide_addresses = parameters->flags & FLAG_DS,
		.attributes = {other ? MAIR_OTHER_NORMAL : MAIR_LINUX_NORMAL,
			       other ? MAIR_OTHER_DEVICE : MAIR_LINUX_DEVICE},
	};
	struct page_table high = low;

	high.root = table_allocate(pool);
	page_table_map(&low, pool, parameters->uart, 0, MEMORY_DEVICE);
	page_table_map(&low, pool, parameters->ram, 0, MEMORY_NORMAL);
	page_table_map(&low, pool, parameters->far_ram, 0, MEMORY_NORMAL);
	page_table_map(&high, pool, parameters->ram, parameters->virtual_offset, MEMORY_NORMAL);
	page_table_map(&high, pool, parameters->far_ram, parameters->virtual_offset, MEMORY_NORMAL);
	*translation = (struct translation){
		.mair = other ? MAIR_OTHER : MAIR_LINUX,
		.tcr = make_tcr(parameters),
		.ttbr0 = (uint64_t)low.root,
		.ttbr1 = (uint64_t)high.root,
	};
}

static void switch_on(const struct translation *translation)
{
	const uint64_t sctlr = SCTLR_LINUX | SCTLR_M | SCTLR_C | SCTLR_I;

	__asm__ volatile("dsb sy" : : : "memory");
	if (is_plain_el2()) {
		write_register(mair_el2, translation->mair);
		write_register(tcr_el2, translation->tcr);
		write_register(ttbr0_el2, translation->ttbr0);
		__asm__ volatile("isb\n\ttlbi alle2\n\tdsb sy\n\tisb" : : : "memory");
		write_register(sctlr_el2, sctlr);
	} else {
		write_register(mair_el1, translation->mair);
		write_register(tcr_el1, translation->tcr);
		write_register(ttbr0_el1, translation->ttbr0);
		write_register(ttbr1_el1, translation->ttbr1);
		__asm__ volatile("isb\n\ttlbi vmalle1\n\tdsb sy\n\tisb" : : : "memory");
		write_register(sctlr_el1, sctlr);
	}
	__asm__ volatile("isb" : : : "memory");
}

/* As a crash in the middle of a program that uses SME may leave the CPU. */
static void start_streaming(void)
{
	if (is_plain_el2())
		write_register(cptr_el2, CPTR_RES1 & ~CPTR_TSM);
	else
		write_register(cpacr_el1, CPACR_FPEN | CPACR_SMEN);
	__asm__ volatile("isb\n\t.inst 0xd503477f"); /* smstart */
}

/* Purgatory is to find SIMD trapped, as nothing promises that it is not. */
static void trap_simd(void)
{
	if (is_plain_el2())
		write_register(cptr_el2, CPTR_RES1 | CPTR_TFP);
	else
		write_register(cpacr_el1, UINT64_C(0));
	__asm__ volatile("isb");
}

/* As arch/arm64/kernel/machine_kexec.c does before the caches go off. */
static void clean_segments(const struct parameters *parameters)
{
	const uint64_t line = UINT64_C(4) << ((read_register(ctr_el0) >> 16) & 15);

	for (uint64_t i = 0; i < parameters->segment_count; i++) {
		const struct span *segment = &parameters->segments[i];

		for (uint64_t address = segment->start; address < segment->end; address += line)
			__asm__ volatile("dc civac, %0" : : "r"(address) : "memory");
	}
	__asm__ volatile("dsb sy\n\tic iallu\n\tdsb sy\n\tisb" : : : "memory");
}

/* What the next kernel must find again; @ttbr0 is what will be there. */
static void report(const struct parameters *parameters, uint64_t ttbr0)
{
	const bool plain_el2 = is_plain_el2();

	report_text(parameters, "old:");
	report_value(parameters, "currentel", read_register(CurrentEL));
	if (read_register(CurrentEL) == CURRENT_EL2)
		report_value(parameters, "hcr", read_register(hcr_el2));
	if (plain_el2) {
		report_value(parameters, "mair", read_register(mair_el2));
		report_value(parameters, "tcr", read_register(tcr_el2));
		report_value(parameters, "ttbr0", ttbr0);
		report_value(parameters, "cptr", read_register(cptr_el2));
	} else {
		report_value(parameters, "mair", read_register(mair_el1));
		report_value(parameters, "tcr", read_register(tcr_el1));
		report_value(parameters, "ttbr0", ttbr0);
		report_value(parameters, "ttbr1", read_register(ttbr1_el1));
		report_value(parameters, "cpacr", read_register(cpacr_el1));
	}
	report_text(parameters, "\r\n");
}

/* What SCTLR shall not have when purgatory is entered. */
static uint64_t bits_to_clear(const struct parameters *parameters)
{
	const uint64_t caches = SCTLR_C | SCTLR_I;
	const bool other = parameters->flags & FLAG_CACHES;

	if (parameters->regime == REGIME_MMU_OFF)
		return SCTLR_M | (other ? 0 : caches);
	return other ? caches : 0;
}

_Noreturn void old_kernel(const struct parameters *parameters, struct table_pool *pool)
{
	const uint64_t *empty = table_allocate(pool);
	struct translation translation;

	make_translation(&translation, parameters, pool);
	switch_on(&translation);
	segments_write(parameters);
	if (parameters->flags & FLAG_SME)
		start_streaming();
	trap_simd();
	report(parameters,
	       parameters->regime == REGIME_VIRTUAL ? (uint64_t)empty : translation.ttbr0);
	if (bits_to_clear(parameters))
		clean_segments(parameters);
	if (parameters->regime == REGIME_VIRTUAL)
		leave_virtual(parameters->entry, bits_to_clear(parameters),
			      parameters->virtual_offset, empty);
	leave_physical(parameters->entry, bits_to_clear(parameters), is_plain_el2());
}
