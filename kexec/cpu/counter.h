/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether the system counter can be trusted to limit the time that purgatory takes.
 */
#ifndef CPU_COUNTER_H
#define CPU_COUNTER_H

#include <stdint.h>

#include "base/log.h"
#include "base/sysroot.h"
#include "devicetree/devicetree.h"

/* The limit, in seconds, see purgatory_time_limit. */
#define COUNTER_TIME_LIMIT 60

/*
 * COUNTER_TIME_LIMIT, or 0 if the counter has an erratum, by the device tree (@tree->fdt NULL if
 * there is none), ACPI's GTDT or /proc/cpuinfo. Then a debug message names it.
 */
uint32_t counter_find_time_limit(const struct devicetree *tree, const struct sysroot *sysroot,
				 const struct log *log);

#endif
