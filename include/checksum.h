/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A sum of 64-bit words. It takes so few instructions that purgatory can check its own text with it
 * before anything else, and no single word can change without changing it: a step is a bijection of
 * the sum so far and, for a given sum, of the word. It is no SHA-256. What it covers of purgatory
 * has a SHA-256 in the manifest too.
 */
#ifndef CHECKSUM_H
#define CHECKSUM_H

/* The sum of nothing, and what each step multiplies by: 2^64 divided by the golden ratio, odd. */
#define CHECKSUM_FACTOR 0x9e3779b97f4a7c15

#ifndef __ASSEMBLER__

#include <stdint.h>

/* Take in a word. Assembler has the same steps in ARCH/entry.S. */
static inline uint64_t checksum_add(uint64_t sum, uint64_t word)
{
	sum = (sum ^ word) * CHECKSUM_FACTOR;
	return sum ^ sum >> 32;
}

#endif
#endif
