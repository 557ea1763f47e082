/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Relocations of riscv64 objects: RISC-V ELF psABI, "Relocations"; the immediates' encodings are
 * those of the unprivileged ISA manual.
 *
 * Nothing is relaxed: an object whose code would have to shrink for its alignment is refused.
 */
#include <elf.h>
#include <errno.h>
#include <stddef.h>

#include "arch/relocate.h"
#include "base/bytes.h"

#define HI20_FIELD_MASK UINT64_C(0xfffff000)

enum operation {
	ABSOLUTE, /* S + A */
	RELATIVE, /* S + A - P */
	PAIRED,	  /* S + A - P of the PCREL_HI20 relocation at S */
	ADD,	  /* V + S + A */
	SUBTRACT, /* V - S - A */
};

struct rule {
	uint32_t type;
	enum operation operation;
	enum check check;
	unsigned int bits;  /* of the check */
	unsigned int width; /* bytes at the place */
	/* From the bytes at the place and the value to the new bytes; NULL: the value itself. */
	uint64_t (*encode)(uint64_t bytes, uint64_t value);
};

/* Bits [high:low] of @value, moved to bit @to. */
static uint64_t field(uint64_t value, unsigned int high, unsigned int low, unsigned int to)
{
	return (value >> low & ((UINT64_C(1) << (high - low + 1)) - 1)) << to;
}

static uint64_t encode_u(uint64_t bytes, uint64_t value)
{
	return (bytes & 0xfff) | ((value + HI20_ROUNDING) & HI20_FIELD_MASK);
}

static uint64_t encode_i(uint64_t bytes, uint64_t value)
{
	return (bytes & 0xfffff) | field(value, 11, 0, 20);
}

static uint64_t encode_s(uint64_t bytes, uint64_t value)
{
	return (bytes & 0x1fff07f) | field(value, 11, 5, 25) | field(value, 4, 0, 7);
}

static uint64_t encode_b(uint64_t bytes, uint64_t value)
{
	return (bytes & 0x1fff07f) | field(value, 12, 12, 31) | field(value, 10, 5, 25) |
	       field(value, 4, 1, 8) | field(value, 11, 11, 7);
}

static uint64_t encode_j(uint64_t bytes, uint64_t value)
{
	return (bytes & 0xfff) | field(value, 20, 20, 31) | field(value, 10, 1, 21) |
	       field(value, 11, 11, 20) | field(value, 19, 12, 12);
}

static uint64_t encode_cb(uint64_t bytes, uint64_t value)
{
	return (bytes & 0xe383) | field(value, 8, 8, 12) | field(value, 4, 3, 10) |
	       field(value, 7, 6, 5) | field(value, 2, 1, 3) | field(value, 5, 5, 2);
}

static uint64_t encode_cj(uint64_t bytes, uint64_t value)
{
	return (bytes & 0xe003) | field(value, 11, 11, 12) | field(value, 4, 4, 11) |
	       field(value, 9, 8, 9) | field(value, 10, 10, 8) | field(value, 6, 6, 7) |
	       field(value, 7, 7, 6) | field(value, 3, 1, 3) | field(value, 5, 5, 2);
}

/* AUIPC and the JALR behind it */
static uint64_t encode_call(uint64_t bytes, uint64_t value)
{
	return encode_u(bytes & UINT32_MAX, value) | encode_i(bytes >> 32, value) << 32;
}

static uint64_t encode_word6(uint64_t bytes, uint64_t value)
{
	return (bytes & 0xc0) | (value & 0x3f);
}

static const struct rule rules[] = {
	{R_RISCV_32, ABSOLUTE, CHECK_EITHER, 32, 4, NULL},
	{R_RISCV_64, ABSOLUTE, CHECK_NONE, 0, 8, NULL},
	{R_RISCV_32_PCREL, RELATIVE, CHECK_SIGNED, 32, 4, NULL},
	{R_RISCV_BRANCH, RELATIVE, CHECK_EVEN, 13, 4, encode_b},
	{R_RISCV_JAL, RELATIVE, CHECK_EVEN, 21, 4, encode_j},
	{R_RISCV_RVC_BRANCH, RELATIVE, CHECK_EVEN, 9, 2, encode_cb},
	{R_RISCV_RVC_JUMP, RELATIVE, CHECK_EVEN, 12, 2, encode_cj},
	{R_RISCV_CALL, RELATIVE, CHECK_HI20_LO12, 0, 8, encode_call},
	{R_RISCV_CALL_PLT, RELATIVE, CHECK_HI20_LO12, 0, 8, encode_call},
	{R_RISCV_PCREL_HI20, RELATIVE, CHECK_HI20_LO12, 0, 4, encode_u},
	{R_RISCV_PCREL_LO12_I, PAIRED, CHECK_HI20_LO12, 0, 4, encode_i},
	{R_RISCV_PCREL_LO12_S, PAIRED, CHECK_HI20_LO12, 0, 4, encode_s},
	{R_RISCV_HI20, ABSOLUTE, CHECK_HI20_LO12, 0, 4, encode_u},
	{R_RISCV_LO12_I, ABSOLUTE, CHECK_HI20_LO12, 0, 4, encode_i},
	{R_RISCV_LO12_S, ABSOLUTE, CHECK_HI20_LO12, 0, 4, encode_s},
	{R_RISCV_ADD8, ADD, CHECK_NONE, 0, 1, NULL},
	{R_RISCV_ADD16, ADD, CHECK_NONE, 0, 2, NULL},
	{R_RISCV_ADD32, ADD, CHECK_NONE, 0, 4, NULL},
	{R_RISCV_ADD64, ADD, CHECK_NONE, 0, 8, NULL},
	{R_RISCV_SUB6, SUBTRACT, CHECK_NONE, 0, 1, encode_word6},
	{R_RISCV_SUB8, SUBTRACT, CHECK_NONE, 0, 1, NULL},
	{R_RISCV_SUB16, SUBTRACT, CHECK_NONE, 0, 2, NULL},
	{R_RISCV_SUB32, SUBTRACT, CHECK_NONE, 0, 4, NULL},
	{R_RISCV_SUB64, SUBTRACT, CHECK_NONE, 0, 8, NULL},
	{R_RISCV_SET6, ABSOLUTE, CHECK_NONE, 0, 1, encode_word6},
	{R_RISCV_SET8, ABSOLUTE, CHECK_NONE, 0, 1, NULL},
	{R_RISCV_SET16, ABSOLUTE, CHECK_NONE, 0, 2, NULL},
	{R_RISCV_SET32, ABSOLUTE, CHECK_NONE, 0, 4, NULL},
};

const struct relocation_pair riscv64_relocation_pairs[] = {
	{R_RISCV_PCREL_LO12_I, R_RISCV_PCREL_HI20},
	{R_RISCV_PCREL_LO12_S, R_RISCV_PCREL_HI20},
	{0, 0},
};

/*
 * The LO12 half of a PC-relative address does not name the target: its symbol marks the AUIPC,
 * whose own relocation has the target.
 */
static int compute_paired(const struct relocation *relocation, uint64_t *value)
{
	const struct relocation *hi20 = relocation->paired;

	if (relocation->addend)
		return -EINVAL;
	if (!hi20)
		return -ENOENT;
	*value = hi20->symbol + (uint64_t)hi20->addend - hi20->place;
	return 0;
}

static int compute(const struct relocation *relocation, enum operation operation, uint64_t bytes,
		   uint64_t *value)
{
	uint64_t target = relocation->symbol + (uint64_t)relocation->addend;

	switch (operation) {
	case ABSOLUTE:
		*value = target;
		return 0;
	case RELATIVE:
		*value = target - relocation->place;
		return 0;
	case PAIRED:
		return compute_paired(relocation, value);
	case ADD:
		*value = bytes + target;
		return 0;
	case SUBTRACT:
		*value = bytes - target;
		return 0;
	}
	return -ENOTSUP;
}

/*
 * The compiler left as many bytes of padding at the place as the addend says, and a linker deletes
 * those that are not needed. Nothing is deleted here, so all of them must be needed.
 */
static int check_alignment(const struct relocation *relocation)
{
	uint64_t padding = (uint64_t)relocation->addend;
	uint64_t alignment = 1;

	if (padding > relocation->available)
		return -EINVAL;
	while (alignment <= padding)
		alignment *= 2;
	return (relocation->place + padding) % alignment == 0 ? 0 : -ERANGE;
}

/* True if the bytes at the place are an instruction, which is aligned, not data, which may not be.
 */
static bool is_instruction(const struct rule *rule)
{
	return rule->encode && rule->encode != encode_word6;
}

static int apply(const struct relocation *relocation, const struct rule *rule)
{
	uint64_t bytes, value;
	int error;

	if (relocation->available < rule->width)
		return -EINVAL;
	if (is_instruction(rule) && relocation->place % 2)
		return -EINVAL;
	bytes = load_little_endian(relocation->location, rule->width);
	error = compute(relocation, rule->operation, bytes, &value);
	if (error)
		return error;
	if (!relocate_fits(value, rule->check, rule->bits))
		return -ERANGE;
	if (rule->encode)
		value = rule->encode(bytes, value);
	store_little_endian(relocation->location, rule->width, value);
	return 0;
}

int riscv64_relocate(const struct relocation *relocation)
{
	/* RELAX is a permission, not an order */
	if (relocation->type == R_RISCV_NONE || relocation->type == R_RISCV_RELAX)
		return 0;
	if (relocation->type == R_RISCV_ALIGN)
		return check_alignment(relocation);
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i].type == relocation->type)
			return apply(relocation, &rules[i]);
	return -ENOTSUP;
}
