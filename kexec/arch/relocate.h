/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the architectures' relocate functions have in common: does a value fit, and little-endian
 * access to bytes of any alignment.
 *
 * A relocated value is computed modulo 2^64 and looked at as a signed or unsigned number only when
 * it is checked, as the ABI documents have it.
 */
#ifndef ARCH_RELOCATE_H
#define ARCH_RELOCATE_H

#include <stdbool.h>
#include <stdint.h>

struct relocation;

/* struct arch.relocate of the two architectures; the contract is in arch.h. */
int arm64_relocate(const struct relocation *relocation);
int riscv64_relocate(const struct relocation *relocation);

/* True if -2^(bits-1) <= @value < 2^(bits-1); @bits is 1 to 63. */
static inline bool fits_signed(uint64_t value, unsigned int bits)
{
	uint64_t half = UINT64_C(1) << (bits - 1);

	return value + half < half * 2;
}

/* True if 0 <= @value < 2^bits; @bits is 1 to 63. */
static inline bool fits_unsigned(uint64_t value, unsigned int bits)
{
	return value >> bits == 0;
}

/* The @width low bytes, 1 to 8, at @bytes. */
static inline uint64_t load_little_endian(const uint8_t *bytes, unsigned int width)
{
	uint64_t value = 0;

	while (width-- > 0)
		value = value << 8 | bytes[width];
	return value;
}

/* Store the @width low bytes of @value, 1 to 8, at @bytes. */
static inline void store_little_endian(uint8_t *bytes, unsigned int width, uint64_t value)
{
	for (unsigned int i = 0; i < width; i++)
		bytes[i] = (uint8_t)(value >> (8 * i));
}

#endif
