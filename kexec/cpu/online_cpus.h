/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The CPUs that purgatory may start: those that are online now, by the IDs that firmware knows them
 * by.
 */
#ifndef CPU_ONLINE_CPUS_H
#define CPU_ONLINE_CPUS_H

#include <stddef.h>
#include <stdint.h>

#include "arch/arch.h"
#include "base/log.h"
#include "base/sysroot.h"
#include "devicetree/devicetree.h"
#include "purgatory.h"

struct online_cpus {
	size_t online; /* how many are */
	size_t count;  /* of the IDs: the first ones of those that are online */
	uint64_t ids[PURGATORY_CPUS_MAX];
};

/*
 * Find the IDs. riscv64: "hart" of /proc/cpuinfo. arm64: "reg" of the nodes that sysfs names for
 * the CPUs that are online; or if sysfs names none and all CPUs of the device tree, or of ACPI's
 * MADT, are online, all of these. Every CPU must be one that PSCI starts, by the node's
 * enable-method or the FADT, and @reset must name PSCI's conduit: no other method can turn a CPU
 * off again. On riscv64 nothing outside of the firmware says whether it can; purgatory asks it.
 * @tree may have no fdt.
 *
 * Returns 0, or -EOPNOTSUPP with a message that says why not, or -ENOMEM.
 */
int online_cpus_read(struct online_cpus *cpus, const struct arch *arch,
		     const struct devicetree *tree, const struct sysroot *sysroot,
		     enum purgatory_reset reset, const struct log *log);

/* "4 of 0x0 0x1 0x2 0x3": @wanted CPUs, and the IDs of those of which they are. */
#define ONLINE_CPUS_TEXT_SIZE (32 + PURGATORY_CPUS_MAX * 20)
void online_cpus_format(char text[ONLINE_CPUS_TEXT_SIZE], const struct online_cpus *cpus,
			unsigned int wanted);

#endif
