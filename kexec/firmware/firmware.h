/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What firmware offers purgatory: a way to reset and the speed of the counter.
 */
#ifndef FIRMWARE_FIRMWARE_H
#define FIRMWARE_FIRMWARE_H

#include <stdint.h>

#include "arch/arch.h"
#include "base/sysroot.h"
#include "devicetree/devicetree.h"
#include "purgatory.h"

/*
 * How to reset: the architecture's own way (SBI), else PSCI with the conduit of the device tree's
 * /psci, else of the FADT's Arm boot architecture flags, else none. @tree may have no fdt.
 */
enum purgatory_reset firmware_find_reset(const struct arch *arch, const struct devicetree *tree,
					 const struct sysroot *sysroot);

/* What ACPI says about PSCI. */
enum firmware_acpi {
	FIRMWARE_NO_ACPI, /* the kernel does not use ACPI, or its FADT cannot be read */
	FIRMWARE_ACPI_PSCI,
	FIRMWARE_ACPI_WITHOUT_PSCI,
};

/* Find out from the FADT's Arm boot architecture flags whether there is PSCI. */
enum firmware_acpi firmware_find_acpi_psci(const struct sysroot *sysroot);

/*
 * The frequency of the system counter in Hz: timebase-frequency of /cpus (riscv64), else
 * clock-frequency of the timer (arm64, which Linux' arch_timer_of_configure_rate() prefers to
 * CNTFRQ_EL0 too), else that of ACPI's RHCT (riscv64), else 0. @tree may have no fdt.
 */
uint64_t firmware_find_timer_frequency(const struct devicetree *tree,
				       const struct sysroot *sysroot);

/*
 * Read the ACPI table @signature ("SPCR", "FACP") from /sys/firmware/acpi/tables, with length and
 * checksum verified. On success *table is malloc'ed. Returns 0 or -errno, without a message.
 */
int firmware_read_acpi_table(const struct sysroot *sysroot, const char *signature, char **table,
			     size_t *size);

#endif
