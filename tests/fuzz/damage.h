/* SPDX-License-Identifier: GPL-2.0-only */
/* Damage by chance, always the same one for the same seed. */
#ifndef FUZZ_DAMAGE_H
#define FUZZ_DAMAGE_H

#include <stddef.h>
#include <stdint.h>

/* The next number after *@random, which is its seed at first: not 0. */
uint32_t damage_next(uint32_t *random);

/* Change up to four numbers of up to four bytes, in the first KiB more often than behind it. */
void damage_bytes(uint32_t *random, uint8_t *bytes, size_t size);

#endif
