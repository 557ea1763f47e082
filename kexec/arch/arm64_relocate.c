/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Relocations of arm64 objects: ELF for the Arm 64-bit Architecture (AAELF64), "Static Data
 * relocations" and "Static AArch64 relocations".
 *
 * The types that go with ADRP are left out on purpose: Cortex-A53 erratum 843419 makes an ADRP at
 * the end of a page compute a wrong address, and linkers work around it when they place the code.
 * Nothing does so for an object that kexec places. Purgatory is compiled with -mcmodel=tiny and has
 * none.
 */
#include <elf.h>
#include <errno.h>
#include <stddef.h>

#include "arch/relocate.h"
#include "base/bytes.h"

/* The null relocation that AAELF64 withdrew and asks to accept. */
#define R_AARCH64_WITHDRAWN_NONE 256

#define INSTRUCTION_SIZE 4

enum operation {
	ABSOLUTE, /* X = S + A */
	RELATIVE, /* X = S + A - P */
};

/* A value that is stored whole, at a place of any alignment. */
struct data_rule {
	uint32_t type;
	enum operation operation;
	enum check check;
	unsigned int width; /* bytes */
};

/* A value of which some bits go into an instruction. */
struct instruction_rule {
	uint32_t type;
	enum operation operation;
	enum check check;
	unsigned int bits;  /* of the check */
	unsigned int align; /* X is a multiple of this */
	unsigned int shift; /* X is shifted right by this for the field */
	uint32_t (*encode)(uint32_t instruction, uint64_t field);
};

static uint32_t insert(uint32_t instruction, uint64_t field, unsigned int low, unsigned int width)
{
	uint32_t mask = ((UINT32_C(1) << width) - 1) << low;

	return (instruction & ~mask) | ((uint32_t)(field << low) & mask);
}

/* B, BL */
static uint32_t encode_imm26(uint32_t instruction, uint64_t field)
{
	return insert(instruction, field, 0, 26);
}

/* B.cond, CBZ, LDR (literal) */
static uint32_t encode_imm19(uint32_t instruction, uint64_t field)
{
	return insert(instruction, field, 5, 19);
}

/* TBZ, TBNZ */
static uint32_t encode_imm14(uint32_t instruction, uint64_t field)
{
	return insert(instruction, field, 5, 14);
}

/* MOVZ, MOVK */
static uint32_t encode_imm16(uint32_t instruction, uint64_t field)
{
	return insert(instruction, field, 5, 16);
}

/* ADR: the two lowest bits stand apart */
static uint32_t encode_adr(uint32_t instruction, uint64_t field)
{
	return insert(insert(instruction, field, 29, 2), field >> 2, 5, 19);
}

static const struct data_rule data_rules[] = {
	{R_AARCH64_ABS64, ABSOLUTE, CHECK_NONE, 8},
	{R_AARCH64_ABS32, ABSOLUTE, CHECK_EITHER, 4},
	{R_AARCH64_ABS16, ABSOLUTE, CHECK_EITHER, 2},
	{R_AARCH64_PREL64, RELATIVE, CHECK_NONE, 8},
	{R_AARCH64_PREL32, RELATIVE, CHECK_EITHER, 4},
	{R_AARCH64_PREL16, RELATIVE, CHECK_EITHER, 2},
};

static const struct instruction_rule instruction_rules[] = {
	{R_AARCH64_MOVW_UABS_G0, ABSOLUTE, CHECK_UNSIGNED, 16, 1, 0, encode_imm16},
	{R_AARCH64_MOVW_UABS_G0_NC, ABSOLUTE, CHECK_NONE, 0, 1, 0, encode_imm16},
	{R_AARCH64_MOVW_UABS_G1, ABSOLUTE, CHECK_UNSIGNED, 32, 1, 16, encode_imm16},
	{R_AARCH64_MOVW_UABS_G1_NC, ABSOLUTE, CHECK_NONE, 0, 1, 16, encode_imm16},
	{R_AARCH64_MOVW_UABS_G2, ABSOLUTE, CHECK_UNSIGNED, 48, 1, 32, encode_imm16},
	{R_AARCH64_MOVW_UABS_G2_NC, ABSOLUTE, CHECK_NONE, 0, 1, 32, encode_imm16},
	{R_AARCH64_MOVW_UABS_G3, ABSOLUTE, CHECK_NONE, 0, 1, 48, encode_imm16},
	{R_AARCH64_LD_PREL_LO19, RELATIVE, CHECK_SIGNED, 21, 4, 2, encode_imm19},
	{R_AARCH64_ADR_PREL_LO21, RELATIVE, CHECK_SIGNED, 21, 1, 0, encode_adr},
	{R_AARCH64_TSTBR14, RELATIVE, CHECK_SIGNED, 16, 4, 2, encode_imm14},
	{R_AARCH64_CONDBR19, RELATIVE, CHECK_SIGNED, 21, 4, 2, encode_imm19},
	{R_AARCH64_JUMP26, RELATIVE, CHECK_SIGNED, 28, 4, 2, encode_imm26},
	{R_AARCH64_CALL26, RELATIVE, CHECK_SIGNED, 28, 4, 2, encode_imm26},
};

static uint64_t compute(const struct relocation *relocation, enum operation operation)
{
	uint64_t value = relocation->symbol + (uint64_t)relocation->addend;

	return operation == RELATIVE ? value - relocation->place : value;
}

static int relocate_data(const struct relocation *relocation, const struct data_rule *rule)
{
	uint64_t value = compute(relocation, rule->operation);

	if (relocation->available < rule->width)
		return -EINVAL;
	if (!relocate_fits(value, rule->check, rule->width * 8))
		return -ERANGE;
	store_little_endian(relocation->location, rule->width, value);
	return 0;
}

static int relocate_instruction(const struct relocation *relocation,
				const struct instruction_rule *rule)
{
	uint64_t value = compute(relocation, rule->operation);
	uint32_t instruction;

	if (relocation->available < INSTRUCTION_SIZE || relocation->place % INSTRUCTION_SIZE)
		return -EINVAL;
	if (!relocate_fits(value, rule->check, rule->bits) || value % rule->align)
		return -ERANGE;
	instruction = (uint32_t)load_little_endian(relocation->location, INSTRUCTION_SIZE);
	instruction = rule->encode(instruction, value >> rule->shift);
	store_little_endian(relocation->location, INSTRUCTION_SIZE, instruction);
	return 0;
}

int arm64_relocate(const struct relocation *relocation)
{
	if (relocation->type == R_AARCH64_NONE || relocation->type == R_AARCH64_WITHDRAWN_NONE)
		return 0;
	for (size_t i = 0; i < sizeof(data_rules) / sizeof(data_rules[0]); i++)
		if (data_rules[i].type == relocation->type)
			return relocate_data(relocation, &data_rules[i]);
	for (size_t i = 0; i < sizeof(instruction_rules) / sizeof(instruction_rules[0]); i++)
		if (instruction_rules[i].type == relocation->type)
			return relocate_instruction(relocation, &instruction_rules[i]);
	return -ENOTSUP;
}
