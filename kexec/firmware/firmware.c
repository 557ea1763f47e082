/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reset and counter, from the device tree and ACPI.
 */
#include "firmware/firmware.h"

#include <endian.h>
#include <errno.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devicetree/fdt_query.h"

/* Header of every ACPI table (ACPI Specification 6.5, 5.2.6): length at byte 4. */
#define ACPI_HEADER_SIZE   36
#define ACPI_HEADER_LENGTH 4

/* FADT's ARM_BOOT_ARCH, 16 bits (ACPI Specification 6.5, 5.2.9 and 5.2.9.4). */
#define FADT_ARM_BOOT_ARCH     129
#define FADT_ARM_BOOT_ARCH_END 131
#define FADT_PSCI_COMPLIANT    (1 << 0)
#define FADT_PSCI_USE_HVC      (1 << 1)

/* RHCT's time base frequency in Hz, 64 bits (ACPI Specification 6.6, 5.2.36). */
#define RHCT_FREQUENCY 40

/* Check an ACPI table: its signature, its length, and that its bytes sum up to 0. */
static int check_acpi_table(const char *table, size_t size, const char *signature)
{
	uint8_t sum = 0;
	uint32_t length;
	size_t i;

	if (size < ACPI_HEADER_SIZE || memcmp(table, signature, 4) != 0)
		return -EINVAL;
	memcpy(&length, table + ACPI_HEADER_LENGTH, sizeof(length));
	if (le32toh(length) != size)
		return -EINVAL;
	for (i = 0; i < size; i++)
		sum = (uint8_t)(sum + (uint8_t)table[i]);
	return sum == 0 ? 0 : -EINVAL;
}

int firmware_read_acpi_table(const struct sysroot *sysroot, const char *signature, char **table,
			     size_t *size)
{
	char path[64];
	int error;

	snprintf(path, sizeof(path), "/sys/firmware/acpi/tables/%s", signature);
	error = sysroot_read(sysroot, path, table, size);
	if (error)
		return error;
	error = check_acpi_table(*table, *size, signature);
	if (error) {
		free(*table);
		*table = NULL;
		*size = 0;
	}
	return error;
}

/*
 * PSCI has SYSTEM_RESET from version 0.2 on; "arm,psci" alone is 0.1
 * (Documentation/devicetree/bindings/arm/psci.yaml).
 */
static enum purgatory_reset psci_of_devicetree(const void *fdt)
{
	const char *method;
	int node = fdt_node_offset_by_compatible(fdt, -1, "arm,psci-1.0");

	if (node < 0)
		node = fdt_node_offset_by_compatible(fdt, -1, "arm,psci-0.2");
	if (node < 0)
		return PURGATORY_RESET_NONE;
	method = fdt_stringlist_get(fdt, node, "method", 0, NULL);
	if (method && strcmp(method, "smc") == 0)
		return PURGATORY_RESET_PSCI_SMC;
	if (method && strcmp(method, "hvc") == 0)
		return PURGATORY_RESET_PSCI_HVC;
	return PURGATORY_RESET_NONE;
}

/* Read the FADT's Arm boot architecture flags. Returns 0, or -errno if there is no ACPI. */
static int read_boot_flags(const struct sysroot *sysroot, uint8_t *flags)
{
	size_t size;
	char *fadt;
	int error = firmware_read_acpi_table(sysroot, "FACP", &fadt, &size);

	if (error)
		return error;
	*flags = size >= FADT_ARM_BOOT_ARCH_END ? (uint8_t)fadt[FADT_ARM_BOOT_ARCH] : 0;
	free(fadt);
	return 0;
}

static enum purgatory_reset psci_of_fadt(const struct sysroot *sysroot)
{
	uint8_t flags;

	if (read_boot_flags(sysroot, &flags) || !(flags & FADT_PSCI_COMPLIANT))
		return PURGATORY_RESET_NONE;
	return (flags & FADT_PSCI_USE_HVC) ? PURGATORY_RESET_PSCI_HVC : PURGATORY_RESET_PSCI_SMC;
}

enum firmware_acpi firmware_find_acpi_psci(const struct sysroot *sysroot)
{
	uint8_t flags;

	if (read_boot_flags(sysroot, &flags))
		return FIRMWARE_NO_ACPI;
	return (flags & FADT_PSCI_COMPLIANT) ? FIRMWARE_ACPI_PSCI : FIRMWARE_ACPI_WITHOUT_PSCI;
}

enum purgatory_reset firmware_find_reset(const struct arch *arch, const struct devicetree *tree,
					 const struct sysroot *sysroot)
{
	enum purgatory_reset reset = arch->default_reset;

	if (reset == PURGATORY_RESET_NONE && tree->fdt)
		reset = psci_of_devicetree(tree->fdt);
	if (reset == PURGATORY_RESET_NONE)
		reset = psci_of_fadt(sysroot);
	return reset;
}

/* The number @property of a node of the tree; 0: none. @node may be an error of libfdt. */
static uint64_t find_frequency(const void *fdt, int node, const char *property)
{
	uint64_t frequency;

	if (node < 0 || fdt_query_u64(fdt, node, property, &frequency))
		return 0;
	return frequency;
}

/* riscv64's, and what arm64's says instead of a CNTFRQ_EL0 that firmware has not set. */
static uint64_t frequency_of_devicetree(const void *fdt)
{
	uint64_t frequency =
		find_frequency(fdt, fdt_path_offset(fdt, "/cpus"), "timebase-frequency");

	if (frequency)
		return frequency;
	return find_frequency(fdt, fdt_node_offset_by_compatible(fdt, -1, "arm,armv8-timer"),
			      "clock-frequency");
}

static uint64_t frequency_of_rhct(const struct sysroot *sysroot)
{
	uint64_t frequency = 0;
	size_t size;
	char *rhct;

	if (firmware_read_acpi_table(sysroot, "RHCT", &rhct, &size))
		return 0;
	if (size >= RHCT_FREQUENCY + sizeof(frequency))
		memcpy(&frequency, rhct + RHCT_FREQUENCY, sizeof(frequency));
	free(rhct);
	return le64toh(frequency);
}

uint64_t firmware_find_timer_frequency(const struct devicetree *tree, const struct sysroot *sysroot)
{
	uint64_t frequency = tree->fdt ? frequency_of_devicetree(tree->fdt) : 0;

	return frequency ? frequency : frequency_of_rhct(sysroot);
}
