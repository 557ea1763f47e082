/* SPDX-License-Identifier: GPL-2.0-only */
/* The same as relocate.c for riscv64. Instructions are read as the unprivileged ISA manual has
 * them. */
#include "proof.h"

#include "../../kexec/arch/riscv64_relocate.c"
#include "any_relocation.h"

static uint64_t branch_offset(uint64_t word)
{
	return sign_extend((word >> 31 & 1) << 12 | (word >> 7 & 1) << 11 |
				   (word >> 25 & 0x3f) << 5 | (word >> 8 & 0xf) << 1,
			   13);
}

static uint64_t jump_offset(uint64_t word)
{
	return sign_extend((word >> 31 & 1) << 20 | (word >> 12 & 0xff) << 12 |
				   (word >> 20 & 1) << 11 | (word >> 21 & 0x3ff) << 1,
			   21);
}

void riscv64(void)
{
	uint8_t bytes[SIZE];
	struct relocation relocation;
	uint64_t before, target, word;
	int error;

	any_relocation(&relocation, bytes);
	__CPROVER_assume(relocation.type != R_RISCV_ALIGN);
	before = load_little_endian(bytes, SIZE);
	error = riscv64_relocate(&relocation);
	target = relocation.symbol + (uint64_t)relocation.addend;
	word = load_little_endian(bytes, 4);
	if (error) {
		PROVE(load_little_endian(bytes, SIZE) == before);
		return;
	}
	for (unsigned int i = 0; i < SIZE; i++)
		if (i >= relocation.available)
			PROVE(bytes[i] == (uint8_t)(before >> (8 * i)));
	REACHED();
	switch (relocation.type) {
	case R_RISCV_BRANCH:
		PROVE(relocation.place + branch_offset(word) == target);
		break;
	case R_RISCV_JAL:
		PROVE(relocation.place + jump_offset(word) == target);
		break;
	case R_RISCV_CALL:
	case R_RISCV_CALL_PLT:
		PROVE(relocation.place + sign_extend(word & 0xfffff000, 32) +
			      sign_extend(load_little_endian(bytes, 8) >> 52, 12) ==
		      target);
		break;
	case R_RISCV_64:
		PROVE(load_little_endian(bytes, 8) == target);
		break;
	case R_RISCV_32_PCREL:
		PROVE(relocation.place + sign_extend(word, 32) == target);
		break;
	default:
		break;
	}
}

/* The two halves of an address together, as the processor adds them. */
void halves(void)
{
	const uint64_t value = nondet_uint64_t();
	const uint64_t high = encode_u(0x17, value), low = encode_i(0x13, value);
	const uint64_t store = encode_s(0x23, value);

	if (!relocate_fits(value, CHECK_HI20_LO12, 0))
		return;
	REACHED();
	PROVE(sign_extend(high & 0xfffff000, 32) + sign_extend(low >> 20, 12) == value);
	PROVE(sign_extend(high & 0xfffff000, 32) +
		      sign_extend((store >> 25 & 0x7f) << 5 | (store >> 7 & 0x1f), 12) ==
	      value);
}
