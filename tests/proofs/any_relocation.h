/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the proofs of both architectures' relocations share; included after the source that is
 * proven.
 */
#ifndef PROOFS_ANY_RELOCATION_H
#define PROOFS_ANY_RELOCATION_H

#include "proof.h"

#define SIZE 8

/* The number in @width bits of an instruction, sign extended. */
static uint64_t sign_extend(uint64_t value, unsigned int width)
{
	const uint64_t sign = UINT64_C(1) << (width - 1);

	value &= sign * 2 - 1;
	return (value ^ sign) - sign;
}

/* A relocation of any type, of @bytes, which are SIZE any bytes of which the section has some. */
static void any_relocation(struct relocation *relocation, uint8_t *bytes)
{
	for (unsigned int i = 0; i < SIZE; i++)
		bytes[i] = (uint8_t)nondet_uint32_t();
	*relocation = (struct relocation){
		.location = bytes,
		.available = nondet_uint64_t(),
		.type = nondet_uint32_t(),
		.place = nondet_uint64_t(),
		.symbol = nondet_uint64_t(),
		.addend = (int64_t)nondet_uint64_t(),
	};
	__CPROVER_assume(relocation->available <= SIZE);
}

#endif
