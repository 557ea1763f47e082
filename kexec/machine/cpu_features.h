/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which optional features of the CPU the running kernel uses, as far as purgatory has to end that.
 */
#ifndef MACHINE_CPU_FEATURES_H
#define MACHINE_CPU_FEATURES_H

#include <stdint.h>

#include "arch/arch.h"
#include "base/sysroot.h"

/*
 * A set of 1 << enum purgatory_cpu_feature, by the auxiliary vector, /proc/cpuinfo and the kernel's
 * release. The kernel has left out of the first two what was switched off on its command line, such
 * as arm64.nosme. A feature that nothing tells of is not in the set; one that a release decides is,
 * if the release is not known.
 */
uint32_t cpu_features_find(const struct arch *arch, const struct sysroot *sysroot);

#endif
