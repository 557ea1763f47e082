/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Accesses to a device's registers. They stand apart from the loops that use them: there a compiler
 * may choose a load or store that changes its base register, and such a one has no syndrome by
 * which KVM could emulate it (Arm ARM, ESR_ELx.ISS, ISV).
 */
#include "mmio.h"

uint32_t mmio_read(uint64_t address, uint32_t width)
{
	if (width == 1)
		return *(const volatile uint8_t *)(uintptr_t)address;
	if (width == 2)
		return *(const volatile uint16_t *)(uintptr_t)address;
	return *(const volatile uint32_t *)(uintptr_t)address;
}

void mmio_write(uint64_t address, uint32_t width, uint32_t value)
{
	if (width == 1)
		*(volatile uint8_t *)(uintptr_t)address = (uint8_t)value;
	else if (width == 2)
		*(volatile uint16_t *)(uintptr_t)address = (uint16_t)value;
	else
		*(volatile uint32_t *)(uintptr_t)address = value;
}
