/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lists of the extensions that a CPU has.
 */
#ifndef MACHINE_CPU_EXTENSIONS_H
#define MACHINE_CPU_EXTENSIONS_H

#include <stddef.h>
#include <stdint.h>

#include "arch/arch.h"

/*
 * Those of an architecture's @engines for which @extensions, @size bytes, has all that they need; a
 * set of 1 << enum sha256_engine. It is a list as /proc/cpuinfo has it ("Features": names with
 * blanks between them; "isa": an ISA string such as rv64imafdcv_zbb) or the device tree (names that
 * end in NUL).
 */
uint32_t cpu_extensions_find_engines(const struct arch_engine *engines, const char *extensions,
				     size_t size);

#endif
