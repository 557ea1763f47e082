/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The list of architectures.
 */
#include <string.h>

#include "arch/arch.h"

const struct arch *const arch_all[] = {&arch_arm64, &arch_riscv64, NULL};

const struct arch *arch_find_name(const char *name)
{
	for (const struct arch *const *arch = arch_all; *arch; arch++)
		if (!strcmp((*arch)->name, name))
			return *arch;
	return NULL;
}

const struct arch *arch_find_machine(const char *machine)
{
	for (const struct arch *const *arch = arch_all; *arch; arch++)
		if (!strcmp((*arch)->machine, machine))
			return *arch;
	return NULL;
}
