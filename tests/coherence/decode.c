/* SPDX-License-Identifier: GPL-2.0-only */
#include "decode.h"

#include <stddef.h>

/* op1, CRn, CRm and op2 of an instruction of the class, as one number. */
#define ENCODING(op1, crn, crm, op2) ((op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))
#define ENCODING_SHIFT		     5
#define ENCODING_MASK		     0x3fff

#define SYS_MASK     0xfff80000u
#define SYS	     0xd5080000u
#define MSR	     0xd5180000u /* op0 = 3 */
#define BARRIER_MASK 0xfffff01fu
#define BARRIER	     0xd503301fu

#define CRN_TLBI     8
#define CRN_TLBI_NXS 9

struct encoding {
	unsigned int encoding;
	enum operation_kind kind;
};

static const struct encoding maintenance[] = {
	{ENCODING(3, 7, 14, 1), OPERATION_CIVAC},   {ENCODING(3, 7, 10, 1), OPERATION_CVAC},
	{ENCODING(3, 7, 12, 1), OPERATION_CVAC}, /* CVAP */
	{ENCODING(3, 7, 13, 1), OPERATION_CVAC}, /* CVADP */
	{ENCODING(3, 7, 11, 1), OPERATION_CVAU},    {ENCODING(0, 7, 6, 1), OPERATION_IVAC},
	{ENCODING(0, 7, 6, 2), OPERATION_SET_WAY},  {ENCODING(0, 7, 10, 2), OPERATION_SET_WAY},
	{ENCODING(0, 7, 14, 2), OPERATION_SET_WAY}, {ENCODING(0, 7, 5, 0), OPERATION_IC_ALL},
	{ENCODING(0, 7, 1, 0), OPERATION_IC_ALL}, /* IALLUIS */
};

/* CRm of a TLBI of everything: outer shareable, inner shareable, this CPU alone. */
static bool is_tlbi_domain(unsigned int crm)
{
	return crm == 1 || crm == 3 || crm == 7;
}

static enum operation_kind decode_tlbi(unsigned int encoding)
{
	unsigned int op1 = encoding >> 11, crm = encoding >> 3 & 15, op2 = encoding & 7;

	if (!is_tlbi_domain(crm))
		return OPERATION_TLBI_PART;
	if ((op1 == 0 && op2 == 0) || (op1 == 4 && (op2 == 4 || op2 == 6)))
		return OPERATION_TLBI_EL1; /* VMALLE1, ALLE1, VMALLS12E1 */
	if (op1 == 4 && op2 == 0)
		return OPERATION_TLBI_EL2; /* ALLE2 */
	return OPERATION_TLBI_PART;
}

static enum operation_kind decode_sys(unsigned int encoding)
{
	unsigned int crn = encoding >> 7 & 15;
	size_t i;

	if (crn == CRN_TLBI || crn == CRN_TLBI_NXS)
		return decode_tlbi(encoding);
	for (i = 0; i < sizeof(maintenance) / sizeof(maintenance[0]); i++)
		if (maintenance[i].encoding == encoding)
			return maintenance[i].kind;
	return OPERATION_NONE;
}

/* The control registers of EL1; those of EL2 and the EL12 names differ in op1. */
static void decode_msr(struct operation *operation, unsigned int encoding)
{
	static const unsigned int registers[CONTROL_COUNT] = {
		[CONTROL_SCTLR] = ENCODING(0, 1, 0, 0), [CONTROL_TCR] = ENCODING(0, 2, 0, 2),
		[CONTROL_MAIR] = ENCODING(0, 10, 2, 0), [CONTROL_TTBR0] = ENCODING(0, 2, 0, 0),
		[CONTROL_TTBR1] = ENCODING(0, 2, 0, 1),
	};
	unsigned int op1 = encoding >> 11, i;

	if (op1 != 0 && op1 != 4 && op1 != 5)
		return;
	for (i = 0; i < CONTROL_COUNT; i++) {
		if ((encoding & ~ENCODING(7, 0, 0, 0)) != registers[i])
			continue;
		operation->kind = OPERATION_MSR;
		operation->control = i;
		operation->level = op1 == 0 ? 1 : op1 == 4 ? 2 : 12;
	}
}

/* CRm of a DSB or DMB: the domain in bits 3:2, the types of access in bits 1:0. 0 and 4 with the
 * op2 of a DSB are SSBB, PSSBB. */
static void decode_barrier(struct operation *operation, unsigned int crm, unsigned int op2)
{
	if (op2 == 6) {
		operation->kind = OPERATION_ISB;
	} else if ((op2 == 4 || op2 == 5) && (crm & 3)) {
		operation->kind = op2 == 4 ? OPERATION_DSB : OPERATION_DMB;
		operation->full = (crm & 3) == 3;
		operation->system = crm >> 2 == 3;
	}
}

struct operation decode(uint32_t opcode)
{
	struct operation operation = {.kind = OPERATION_NONE, .operand = opcode & 31};
	unsigned int encoding = opcode >> ENCODING_SHIFT & ENCODING_MASK;

	if ((opcode & SYS_MASK) == SYS)
		operation.kind = decode_sys(encoding);
	else if ((opcode & SYS_MASK) == MSR)
		decode_msr(&operation, encoding);
	else if ((opcode & BARRIER_MASK) == BARRIER)
		decode_barrier(&operation, opcode >> 8 & 15, opcode >> 5 & 7);
	return operation;
}

bool operation_has_operand(const struct operation *operation)
{
	switch (operation->kind) {
	case OPERATION_CIVAC:
	case OPERATION_CVAC:
	case OPERATION_CVAU:
	case OPERATION_IVAC:
	case OPERATION_MSR:
		return true;
	default:
		return false;
	}
}
