/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Accesses to a device's registers.
 */
#ifndef PURGATORY_MMIO_H
#define PURGATORY_MMIO_H

#include <stdint.h>

/*
 * Read or write a register of @width bytes: 1, 2 or 4, to which @address is aligned. It is one
 * access of that width, by an instruction that a hypervisor can emulate.
 */
uint32_t mmio_read(uint64_t address, uint32_t width);
void mmio_write(uint64_t address, uint32_t width, uint32_t value);

#endif
