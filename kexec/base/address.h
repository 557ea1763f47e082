/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Physical and virtual addresses as types of their own, for code in which both meet: the compiler
 * refuses one in the place of the other. Elsewhere a physical address is a uint64_t.
 */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <stdint.h>

/* An address of memory or of a device, as segments and page tables have it. */
struct physical_address {
	uint64_t value;
};

/* An address that page tables translate to a physical one. */
struct virtual_address {
	uint64_t value;
};

/* The virtual address that an identity mapping has for @address. */
static inline struct virtual_address identity_address(struct physical_address address)
{
	return (struct virtual_address){address.value};
}

#endif
