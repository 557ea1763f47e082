/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stage 1 translation of arm64, written without a look at what builds the tables of kexec.
 * Source: Arm DDI 0487, D8 "The AArch64 Virtual Memory System Architecture", without LPA2.
 */
#ifndef COHERENCE_TRANSLATE_H
#define COHERENCE_TRANSLATE_H

#include <stdbool.h>
#include <stdint.h>

#include "memory.h"

/* All that a translation through one of the TTBRs depends on. */
struct root {
	uint64_t ttbr;
	uint64_t mair;
	uint32_t granule_shift; /* log2 of bytes; 0 if the field has no meaning */
	uint32_t va_bits;	/* of an address that the root translates */
	uint32_t cached;	/* the walker reads through the data cache */
	uint32_t enabled;	/* walks are allowed: MMU on and EPDx clear */
};

struct translation {
	uint64_t address; /* physical */
	bool cacheable;	  /* Normal memory that is not Non-cacheable */
};

/* The root for @half (0: TTBR0, 1: TTBR1) from register values; @split is false at EL2 sans E2H. */
struct root root_from_registers(unsigned int half, bool split, uint64_t sctlr, uint64_t tcr,
				uint64_t mair, uint64_t ttbr);

/* Whether both translate alike; how the walker reads makes no difference. */
bool root_equal(const struct root *a, const struct root *b);

/* Translate @address by the tables in @memory. Returns false if they do not map it. */
bool translate(const struct root *root, const struct memory *memory, uint64_t address,
	       struct translation *translation);

/* Call @visit with the physical address of each valid descriptor of a root's tables. */
void translate_visit(const struct root *root, const struct memory *memory,
		     void (*visit)(void *data, uint64_t address), void *data);

#endif
