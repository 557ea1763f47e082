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
 * What makes the kernel refuse, with EBUSY, to load anything but a crash kernel, by either call:
 * CPUs that it cannot stop (cpus_are_stuck_in_kernel() of arch/arm64/kernel/smp.c, asked by
 * machine_kexec_prepare()):
 *  - more than one possible CPU, started by a method without a way back: the device tree's
 *    "spin-table", or ACPI's parking protocol, which is what there is without PSCI. (Possible ones
 *    count, whether they are online or not: maxcpus=1 does not help, nr_cpus=1 does.)
 *  - protected KVM, whose hypervisor does not give EL2 back.
 * NULL: nothing that can be known beforehand. CPUs that hang while they come up are such too, see
 * cpu_stop_explain_busy(). @tree may have no fdt.
 */
const struct kexec_obstacle *cpu_stop_find_obstacle(const struct arch *arch,
						    const struct devicetree *tree,
						    const struct sysroot *sysroot);

/* Enough for what cpu_stop_explain_busy() has to say, bytes. */
#define CPU_STOP_TEXT_SIZE 256

/*
 * What EBUSY of such a load means where cpu_stop_find_obstacle() found nothing: the end of a
 * message, in @text of @size bytes.
 */
void cpu_stop_explain_busy(char *text, size_t size, const struct sysroot *sysroot);

#endif
