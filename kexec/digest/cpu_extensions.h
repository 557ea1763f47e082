/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lists of the extensions that a CPU has.
 */
#ifndef DIGEST_CPU_EXTENSIONS_H
#define DIGEST_CPU_EXTENSIONS_H

#include <stddef.h>
#include <stdint.h>

#include "arch/arch.h"

/*
 * A list as /proc/cpuinfo has it ("Features": names with blanks between them; "isa": an ISA string
 * such as rv64imafdcv_zbb) or the device tree (names that end in NUL). Not owned.
 */
struct cpu_extensions {
	const char *text; /* NULL if empty */
	size_t size;	  /* bytes */
};

/*
 * The engines among an architecture's @engines for which one CPU has all that they need, by all of
 * the lists together; a set of 1 << enum sha256_engine.
 */
uint32_t cpu_extensions_find_engines(const struct arch_engine *engines,
				     const struct cpu_extensions lists[], size_t count);

#endif
