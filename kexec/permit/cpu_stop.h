/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether the running kernel can stop its other CPUs before it jumps to the next one.
 */
#ifndef PERMIT_CPU_STOP_H
#define PERMIT_CPU_STOP_H

#include "arch/arch.h"
#include "base/sysroot.h"
#include "devicetree/devicetree.h"
#include "permit/kexec_permission.h"

/*
 * Find what makes the kernel refuse, with EBUSY, to load anything but a crash kernel, by either
 * call: CPUs that it cannot stop (cpus_are_stuck_in_kernel() of arch/arm64/kernel/smp.c, asked by
 * machine_kexec_prepare()):
 *  - more than one possible CPU, started by a method without a way back: the device tree's
 *    "spin-table", or ACPI's parking protocol, which ACPI has instead of PSCI. (Possible CPUs
 *    count, whether they are online or not: maxcpus=1 does not help, nr_cpus=1 does.)
 *  - protected KVM, whose hypervisor does not give EL2 back.
 * Returns NULL if there is nothing that can be known beforehand. The kernel cannot stop CPUs that
 * hang while they come up either; see cpu_stop_explain_busy(). @tree may have no fdt.
 */
const struct kexec_obstacle *cpu_stop_find_obstacle(const struct arch *arch,
						    const struct devicetree *tree,
						    const struct sysroot *sysroot);

/* Bytes, enough for the text of cpu_stop_explain_busy(). */
#define CPU_STOP_TEXT_SIZE 256

/*
 * Explain why such a load failed with EBUSY although cpu_stop_find_obstacle() found nothing. Writes
 * the end of a message to @text, which has @size bytes.
 */
void cpu_stop_explain_busy(char *text, size_t size, const struct sysroot *sysroot);

#endif
