/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which engines of SHA-256 the CPUs of the machine have the instructions for.
 */
#include "machine/cpu_engines.h"

void cpu_engines_read(struct cpu_engines *available, const struct arch *arch,
		      const struct devicetree *tree, const struct sysroot *sysroot)
{
	(void)arch;
	(void)tree;
	(void)sysroot;
	*available = (struct cpu_engines){.engines = 1 << SHA256_GENERIC};
}
