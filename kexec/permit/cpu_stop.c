/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether CPUs can be stopped. This depends on how the kernel starts them:
 * arch/arm64/kernel/cpu_ops.c, smp_spin_table.c, acpi_parking_protocol.c and psci.c. Only the last
 * of these has a cpu_die().
 */
#include "permit/cpu_stop.h"

#include <ctype.h>
#include <errno.h>
#include <libfdt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "firmware/firmware.h"
#include "machine/running_kernel.h"

#define POSSIBLE "/sys/devices/system/cpu/possible"
/* The possible CPUs that are plugged in now. */
#define PRESENT "/sys/devices/system/cpu/present"
#define ONLINE	"/sys/devices/system/cpu/online"
/* The directory of /dev/kvm in sysfs. KVM makes it only if the kernel was started at EL2. */
#define KVM "/sys/devices/virtual/misc/kvm"

static const struct kexec_obstacle spin_table = {
	-EBUSY,
	"the running kernel cannot stop its other CPUs (the device tree has them started with "
	"enable-method \"spin-table\")",
	"boot it with nr_cpus=1, or use firmware with PSCI",
};
static const struct kexec_obstacle parking_protocol = {
	-EBUSY,
	"the running kernel cannot stop its other CPUs (ACPI has no PSCI)",
	"boot it with nr_cpus=1, or use firmware with PSCI",
};
static const struct kexec_obstacle protected_kvm = {
	-EBUSY,
	"the running kernel loads no other one under protected KVM",
	"boot it without kvm-arm.mode=protected",
};

/*
 * Count the CPUs of a list such as "0-3,8" that ends in a newline (cpumap_print_to_pagebuf()).
 * Returns 0 if the text is no such list.
 */
static unsigned long count_list(const char *list)
{
	unsigned long count = 0;
	char *end;

	do {
		unsigned long first, last;

		if (!isdigit((unsigned char)*list))
			return 0;
		first = last = strtoul(list, &end, 10);
		if (*end == '-' && isdigit((unsigned char)end[1]))
			last = strtoul(end + 1, &end, 10);
		if (last < first || last > UINT16_MAX)
			return 0;
		count += last - first + 1;
		list = end + 1;
	} while (*end == ',');
	return *end == '\n' || *end == '\0' ? count : 0;
}

/* Count the CPUs in the list that is in the file @path; 0: not known. */
static unsigned long count_cpus(const struct sysroot *sysroot, const char *path)
{
	unsigned long count;
	size_t size;
	char *text;

	if (sysroot_read(sysroot, path, &text, &size))
		return 0;
	count = count_list(text);
	free(text);
	return count;
}

/*
 * True if the tree has CPUs started with "spin-table", and none with "psci": the kernel asks the
 * method of whichever CPU runs the system call.
 */
static bool has_only_spin_tables(const void *fdt)
{
	const int cpus = fdt_path_offset(fdt, "/cpus");
	bool found = false;
	int node;

	if (cpus < 0)
		return false;
	fdt_for_each_subnode(node, fdt, cpus)
	{
		const char *method = fdt_stringlist_get(fdt, node, "enable-method", 0, NULL);

		if (method && strcmp(method, "psci") == 0)
			return false;
		if (method && strcmp(method, "spin-table") == 0)
			found = true;
	}
	return found;
}

static bool has_kvm(const struct sysroot *sysroot)
{
	const int descriptor = sysroot_open_descriptor(sysroot, KVM, 0);

	if (descriptor >= 0)
		close(descriptor);
	return descriptor >= 0;
}

/*
 * early_kvm_mode_cfg() of arch/arm64/kvm/arm.c: the parameter is ignored where the kernel was
 * started at EL1. (It is ignored, too, on CPUs that have VHE and cannot do without.)
 */
static bool kvm_is_protected(const struct sysroot *sysroot)
{
	char *mode = running_kernel_parameter(sysroot, "kvm-arm.mode");
	const bool is_asked = mode && strcmp(mode, "protected") == 0;

	free(mode);
	return is_asked && has_kvm(sysroot);
}

const struct kexec_obstacle *cpu_stop_find_obstacle(const struct arch *arch,
						    const struct devicetree *tree,
						    const struct sysroot *sysroot)
{
	if (!arch->load_stops_cpus)
		return NULL;
	if (kvm_is_protected(sysroot))
		return &protected_kvm;
	if (count_cpus(sysroot, POSSIBLE) < 2)
		return NULL;
	switch (firmware_find_acpi_psci(sysroot)) {
	case FIRMWARE_ACPI_PSCI:
		return NULL;
	case FIRMWARE_ACPI_WITHOUT_PSCI:
		return &parking_protocol;
	case FIRMWARE_NO_ACPI:
		break;
	}
	return tree->fdt && has_only_spin_tables(tree->fdt) ? &spin_table : NULL;
}

void cpu_stop_explain_busy(char *text, size_t size, const struct sysroot *sysroot)
{
	const unsigned long present = count_cpus(sysroot, PRESENT);
	const unsigned long online = count_cpus(sysroot, ONLINE);

	if (online && online < present)
		snprintf(text, size,
			 "another load is under way, or CPUs did not come up and are stuck in the "
			 "running kernel (dmesg tells; %lu of %lu are online): try again, or boot "
			 "it with nr_cpus=%lu",
			 online, present, online);
	else
		snprintf(text, size, "another load is under way: try again");
}
