/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the architectures' relocate functions share: checks whether a value fits.
 *
 * A relocated value is computed modulo 2^64 and looked at as a signed or unsigned number only when
 * it is checked, as the ABI documents have it.
 */
#ifndef ARCH_RELOCATE_H
#define ARCH_RELOCATE_H

#include <stdbool.h>
#include <stdint.h>

/* One relocation, as the architecture's relocate function gets it. All values are addresses. */
struct relocation {
	uint8_t *location;  /* the bytes to change, in the memory image */
	uint64_t available; /* bytes from location to the end of its section */
	uint32_t type;	    /* R_AARCH64_* or R_RISCV_* of <elf.h> */
	uint64_t place;	    /* P: run-time address of the location */
	uint64_t symbol;    /* S: run-time address of the symbol */
	int64_t addend;	    /* A */
	/* For a type among struct arch's relocation_pairs: the one that it is paired with, or NULL
	 * if the object lacks that; for all others NULL. Not owned. */
	const struct relocation *paired;
};

/* A type that only means something together with another relocation: of type @with, whose place is
 * at the symbol. */
struct relocation_pair {
	uint32_t type;
	uint32_t with;
};

/* struct arch.relocate of the two architectures; the contract is in arch.h. */
int arm64_relocate(const struct relocation *relocation);
int riscv64_relocate(const struct relocation *relocation);

extern const struct relocation_pair riscv64_relocation_pairs[];

/* True if -2^(bits-1) <= @value < 2^(bits-1); @bits is 1 to 63. */
static inline bool relocate_fits_signed(uint64_t value, unsigned int bits)
{
	uint64_t half = UINT64_C(1) << (bits - 1);

	return value + half < half * 2;
}

/* True if 0 <= @value < 2^bits; @bits is 1 to 63. */
static inline bool relocate_fits_unsigned(uint64_t value, unsigned int bits)
{
	return value >> bits == 0;
}

/*
 * riscv64's AUIPC or LUI, followed by a signed 12-bit immediate, reaches the values of this many
 * bits, moved by half an immediate.
 */
#define HI20_LO12_BITS 32
#define HI20_ROUNDING  0x800

/* The check that a value X must pass before it is stored. */
enum check {
	CHECK_NONE,
	CHECK_SIGNED,	 /* -2^(bits-1) <= X < 2^(bits-1) */
	CHECK_UNSIGNED,	 /* 0 <= X < 2^bits */
	CHECK_EITHER,	 /* -2^(bits-1) <= X < 2^bits */
	CHECK_EVEN,	 /* as CHECK_SIGNED, and a multiple of 2 */
	CHECK_HI20_LO12, /* what the sum of a HI20 and a LO12 immediate reaches */
};

/* True if @value passes the check; @bits is 1 to 63 where the check has bits. */
static inline bool relocate_fits(uint64_t value, enum check check, unsigned int bits)
{
	switch (check) {
	case CHECK_NONE:
		return true;
	case CHECK_SIGNED:
		return relocate_fits_signed(value, bits);
	case CHECK_UNSIGNED:
		return relocate_fits_unsigned(value, bits);
	case CHECK_EITHER:
		return relocate_fits_signed(value, bits) || relocate_fits_unsigned(value, bits);
	case CHECK_EVEN:
		return relocate_fits_signed(value, bits) && value % 2 == 0;
	case CHECK_HI20_LO12:
		return relocate_fits_signed(value + HI20_ROUNDING, HI20_LO12_BITS);
	}
	return false;
}

#endif
