/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counters that are wrong at times, as ool_workarounds[] of drivers/clocksource/arm_arch_timer.c
 * (Linux 6.12) knows them. purgatory/arm64/ERRATA.md says what purgatory does about the times that
 * it reports.
 */
#include "cpu/counter.h"

#include <libfdt.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/cpuinfo.h"
#include "firmware/firmware.h"

/* OEM ID and OEM table ID, next to each other in an ACPI table (ACPI Specification 6.5, 5.2.6). */
#define ACPI_OEM      10
#define ACPI_OEM_SIZE 14

/* A counter with an erratum, and what is known of it: each may be NULL. */
struct counter_erratum {
	const char *name;
	const char *property; /* of the timer's node in the device tree */
	const char *oem;      /* of the GTDT */
	const char *part;     /* "CPU part" of Arm's in /proc/cpuinfo */
};

static const struct counter_erratum errata[] = {
	{"Allwinner's A64", "allwinner,erratum-unknown1", NULL, NULL},
	{"Freescale A-008585", "fsl,erratum-a008585", NULL, NULL},
	{"HiSilicon 161010101", "hisilicon,erratum-161010101", "HISI  HIP05   ", NULL},
	{"HiSilicon 161010101", NULL, "HISI  HIP06   ", NULL},
	{"HiSilicon 161010101", NULL, "HISI  HIP07   ", NULL},
	{"Cortex-A73 858921", NULL, NULL, "0xd09"},
};

#define ERRATUM_COUNT (sizeof(errata) / sizeof(errata[0]))

#define IMPLEMENTER_ARM "0x41"

/* What a machine says of itself; each may be NULL. */
struct counter_signs {
	const void *fdt;
	char *gtdt;
	char *cpuinfo;
};

static bool tree_has(const void *fdt, const char *property)
{
	const int node = fdt_node_offset_by_compatible(fdt, -1, "arm,armv8-timer");

	return node >= 0 && fdt_getprop(fdt, node, property, NULL);
}

/* True if any CPU is this one. */
static bool cpuinfo_has_part(const char *text, const char *part)
{
	const char *lines, *value;

	for (lines = text; lines; lines = cpuinfo_next(lines)) {
		value = cpuinfo_find_field(lines, "CPU implementer");
		if (!value || !cpuinfo_has_word(value, IMPLEMENTER_ARM))
			continue;
		value = cpuinfo_find_field(lines, "CPU part");
		if (value && cpuinfo_has_word(value, part))
			return true;
	}
	return false;
}

static bool is_present(const struct counter_erratum *erratum, const struct counter_signs *signs)
{
	if (erratum->property && signs->fdt && tree_has(signs->fdt, erratum->property))
		return true;
	if (erratum->oem && signs->gtdt &&
	    memcmp(signs->gtdt + ACPI_OEM, erratum->oem, ACPI_OEM_SIZE) == 0)
		return true;
	return erratum->part && signs->cpuinfo && cpuinfo_has_part(signs->cpuinfo, erratum->part);
}

uint32_t counter_find_time_limit(const struct devicetree *tree, const struct sysroot *sysroot,
				 const struct log *log)
{
	struct counter_signs signs = {.fdt = tree->fdt};
	uint32_t limit = COUNTER_TIME_LIMIT;
	size_t size;

	if (firmware_read_acpi_table(sysroot, "GTDT", &signs.gtdt, &size))
		signs.gtdt = NULL;
	if (sysroot_read(sysroot, CPUINFO, &signs.cpuinfo, &size))
		signs.cpuinfo = NULL;
	for (size_t i = 0; i < ERRATUM_COUNT && limit; i++) {
		if (!is_present(&errata[i], &signs))
			continue;
		log_debug(log, "no time limit: the counter has an erratum (%s)", errata[i].name);
		limit = 0;
	}
	free(signs.gtdt);
	free(signs.cpuinfo);
	return limit;
}
