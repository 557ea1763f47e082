/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The optional features of the CPU that the running kernel uses and whose use purgatory has to end.
 */
#ifndef MACHINE_CPU_FEATURES_H
#define MACHINE_CPU_FEATURES_H

#include <stdint.h>

#include "arch/arch.h"
#include "base/sysroot.h"

/*
 * A set of 1 << enum purgatory_cpu_feature, from the auxiliary vector, /proc/cpuinfo and the
 * kernel's release. The first two do not have features that were switched off on the kernel's
 * command line, for instance by arm64.nosme. A feature that nothing tells of is not in the set. A
 * feature that the release decides is in the set if the release is not known.
 */
uint32_t cpu_features_find(const struct arch *arch, const struct sysroot *sysroot);

#endif
