/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The stand-in for the old kernel: what the test tells it, and what its parts want of each other.
 *
 * It does to purgatory's segments what a kernel that loads them does, writes them with its MMU and
 * caches on, and enters purgatory in the regime that the test asks for.
 */
#ifndef OLD_KERNEL_H
#define OLD_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "layout.h"

/* At most what kexec_load() takes (include/uapi/linux/kexec.h, KEXEC_SEGMENT_MAX). */
#define SEGMENT_MAX 16

/* The state in which purgatory is entered. machine.py has the same numbers. */
enum regime {
	REGIME_MMU_OFF,	 /* at the physical address, as all released kernels do */
	REGIME_IDENTITY, /* MMU and caches on, at the same address */
	REGIME_VIRTUAL,	 /* MMU and caches on, in the linear map, nothing mapped to itself */
	REGIME_TRAP,	 /* riscv64: by the trap that satp = 0 means in the linear map */
};

/*
 * All but VECTORS of arm64.
 *  - E2H: at EL2, set HCR_EL2.E2H and TGE, as Linux does;
 *  - DS: set TCR.DS, the format of 52-bit addresses;
 *  - MAIR: have the memory types at other indices than Linux;
 *  - CACHES: enter with the caches on without the MMU, and off with it;
 *  - VECTORS: riscv64, leave the vectors as if stopped in the middle of one, vstart not 0 and vtype
 *    illegal;
 *  - SME: use SME, and be stopped in streaming mode with ZA's storage on;
 *  - GUEST: go from EL2 to EL1 first; an HVC makes a virtual SError pending for EL1;
 *  - SERROR: with GUEST, have one pending when purgatory is entered, masked;
 *  - DOUBLE_TRAP: riscv64, let the firmware switch double traps on (Ssdbltrp).
 */
#define FLAG_E2H	 (UINT64_C(1) << 0)
#define FLAG_DS		 (UINT64_C(1) << 1)
#define FLAG_MAIR	 (UINT64_C(1) << 2)
#define FLAG_CACHES	 (UINT64_C(1) << 3)
#define FLAG_VECTORS	 (UINT64_C(1) << 4)
#define FLAG_SME	 (UINT64_C(1) << 5)
#define FLAG_GUEST	 (UINT64_C(1) << 6)
#define FLAG_SERROR	 (UINT64_C(1) << 7)
#define FLAG_DOUBLE_TRAP (UINT64_C(1) << 8)

/* Physical addresses, the end exclusive. */
struct span {
	uint64_t start;
	uint64_t end;
};

/* What the test writes at the symbol old_kernel_parameters; load.py has the same layout. */
struct parameters {
	uint64_t regime;	 /* enum regime */
	uint64_t flags;		 /* FLAG_* */
	uint64_t entry;		 /* of purgatory, physical */
	uint64_t virtual_offset; /* of the linear map: virtual minus physical address */
	uint64_t virtual_bits;	 /* of an address, with arm64 of each half */
	uint64_t page_shift;	 /* 12, 14 or 16 */
	struct span ram;	 /* in which this kernel is */
	struct span far_ram;	 /* in which the segments are, if not there; else empty */
	struct span uart;
	uint64_t segment_count;
	struct span segments[SEGMENT_MAX];
};

_Static_assert(sizeof(struct parameters) <= PARAMETERS_SIZE, "the entry code keeps room for it");

/* Tables being built: all of them are TABLE_SIZE apart, whatever the size of a page. */
struct table_pool {
	uint8_t *next; /* zeros from here to the pool's end */
	uint8_t *end;
};

/* What a leaf maps. Everything may be read, written and executed, for this kernel has no care. */
enum memory {
	MEMORY_NORMAL,
	MEMORY_DEVICE
};

/* One root and how an address goes through it. */
struct page_table {
	uint64_t *root;
	unsigned int page_shift;
	unsigned int virtual_bits;
	bool wide_addresses;	    /* arm64: with TCR.DS */
	unsigned int attributes[2]; /* arm64: index in MAIR by enum memory */
};

/* page_table.c: an empty table; loops for ever if the pool has no room. */
uint64_t *table_allocate(struct table_pool *pool);

/* Map @span to itself plus @offset, in blocks of the last level but one, rounded outwards. */
void page_table_map(struct page_table *table, struct table_pool *pool, struct span span,
		    uint64_t offset, enum memory memory);

/* report.c: write a text, or " NAME=0xVALUE", to the console. */
void report_text(const struct parameters *parameters, const char *text);
void report_value(const struct parameters *parameters, const char *name, uint64_t value);

/*
 * segments.c: write each word of all segments with what it is, as the copying of the segments to
 * their places does. With caches on, every line of them is dirty then.
 */
void segments_write(const struct parameters *parameters);

/* ARCH.c: an entry that leads to @table, and the reverse. */
uint64_t arch_table(const uint64_t *table);
uint64_t *arch_table_address(uint64_t entry);

/* An entry that maps a block at the physical @address. */
uint64_t arch_leaf(const struct page_table *table, uint64_t address, enum memory memory);

/* To be called with the UART at its physical address, or without MMU. */
void arch_put_character(const struct parameters *parameters, char character);

/* Called by the entry code on a stack, with the MMU off. */
_Noreturn void old_kernel(const struct parameters *parameters, struct table_pool *pool);

#endif
