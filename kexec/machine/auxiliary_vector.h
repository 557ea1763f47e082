/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The auxiliary vector: values that the kernel tells every process when it starts. getauxval(3)
 * would answer for this machine, not for a captured one.
 */
#ifndef MACHINE_AUXILIARY_VECTOR_H
#define MACHINE_AUXILIARY_VECTOR_H

#include <stdint.h>

#include "base/sysroot.h"

#define AUXILIARY_VECTOR "/proc/self/auxv"

/* Find the value of @type, AT_*. Returns 0, or -errno without a message if it is not there. */
int auxiliary_vector_find(const struct sysroot *sysroot, uint64_t type, uint64_t *value);

#endif
