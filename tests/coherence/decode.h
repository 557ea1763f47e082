/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A64 instructions that matter to caches and translation, from their opcodes.
 * Source: Arm DDI 0487, C5 "The A64 System Instruction Class".
 */
#ifndef COHERENCE_DECODE_H
#define COHERENCE_DECODE_H

#include <stdbool.h>
#include <stdint.h>

enum operation_kind {
	OPERATION_NONE,	     /* nothing that the model looks at */
	OPERATION_CIVAC,     /* clean and invalidate by address to the PoC */
	OPERATION_CVAC,	     /* clean by address to the PoC or beyond */
	OPERATION_CVAU,	     /* clean by address to the PoU */
	OPERATION_IVAC,	     /* invalidate by address to the PoC */
	OPERATION_SET_WAY,   /* data cache by set and way: promises nothing that holds */
	OPERATION_IC_ALL,    /* invalidate the whole instruction cache */
	OPERATION_TLBI_EL1,  /* the whole EL1&0 regime; at EL2 with E2H and TGE that of EL2&0 */
	OPERATION_TLBI_EL2,  /* the whole regime of EL2 */
	OPERATION_TLBI_PART, /* less than a whole regime */
	OPERATION_DSB,
	OPERATION_DMB,
	OPERATION_ISB,
	OPERATION_MSR, /* write of a control register */
};

enum control_register {
	CONTROL_SCTLR,
	CONTROL_TCR,
	CONTROL_MAIR,
	CONTROL_TTBR0,
	CONTROL_TTBR1,
	CONTROL_COUNT
};

struct operation {
	enum operation_kind kind;
	unsigned int operand; /* number of the X register that holds the operand; 31 is zero */
	bool full;	      /* DSB, DMB: for loads and stores both */
	bool system;	      /* DSB, DMB: for the full system */
	/* MSR: of what, and the name used: 1 for *_EL1, 2 for *_EL2, 12 for *_EL12 */
	enum control_register control;
	unsigned int level;
};

/* What the instruction does. */
struct operation decode(uint32_t opcode);

/* Whether operand is to be read for it. */
bool operation_has_operand(const struct operation *operation);

#endif
