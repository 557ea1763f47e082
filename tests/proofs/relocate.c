/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Relocations, for any type, place, symbol and addend: nothing is written outside of the section, a
 * failure writes nothing, and what an instruction then refers to is what the relocation asks for.
 */
#include "proof.h"

#include "../../kexec/arch/arm64_relocate.c"
#include "any_relocation.h"

void arm64(void)
{
	uint8_t bytes[SIZE];
	struct relocation relocation;
	uint64_t before, target, word;
	int error;

	any_relocation(&relocation, bytes);
	before = load_little_endian(bytes, SIZE);
	error = arm64_relocate(&relocation);
	target = relocation.symbol + (uint64_t)relocation.addend;
	word = load_little_endian(bytes, 4);
	if (error) {
		PROVE(load_little_endian(bytes, SIZE) == before);
		return;
	}
	/* Bytes behind the section stay. */
	for (unsigned int i = 0; i < SIZE; i++)
		if (i >= relocation.available)
			PROVE(bytes[i] == (uint8_t)(before >> (8 * i)));
	REACHED();
	switch (relocation.type) {
	case R_AARCH64_JUMP26:
	case R_AARCH64_CALL26:
		PROVE(relocation.place + sign_extend(word, 26) * 4 == target);
		PROVE((word ^ before) >> 26 << 58 == 0);
		break;
	case R_AARCH64_CONDBR19:
	case R_AARCH64_LD_PREL_LO19:
		PROVE(relocation.place + sign_extend(word >> 5, 19) * 4 == target);
		break;
	case R_AARCH64_TSTBR14:
		PROVE(relocation.place + sign_extend(word >> 5, 14) * 4 == target);
		break;
	case R_AARCH64_ADR_PREL_LO21:
		PROVE(relocation.place + sign_extend((word >> 5) << 2 | (word >> 29 & 3), 21) ==
		      target);
		break;
	case R_AARCH64_ABS64:
		PROVE(load_little_endian(bytes, 8) == target);
		break;
	case R_AARCH64_PREL64:
		PROVE(load_little_endian(bytes, 8) + relocation.place == target);
		break;
	case R_AARCH64_PREL32:
		PROVE(sign_extend(word, 32) + relocation.place == target ||
		      word + relocation.place == target);
		break;
	case R_AARCH64_MOVW_UABS_G0:
		PROVE((word >> 5 & 0xffff) == target);
		break;
	default:
		break;
	}
}
