/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The purgatory objects embedded by purgatory_objects.S. Start and end are the same where this
 * build has none.
 */
#ifndef ARCH_PURGATORY_OBJECTS_H
#define ARCH_PURGATORY_OBJECTS_H

#include <stdint.h>

extern const uint8_t purgatory_arm64_start[];
extern const uint8_t purgatory_arm64_end[];
extern const uint8_t purgatory_riscv64_start[];
extern const uint8_t purgatory_riscv64_end[];

#endif
