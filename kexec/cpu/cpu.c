/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The CPUs, from /proc/cpuinfo (arch/riscv/kernel/cpu.c) and the device tree.
 */
#include "cpu/cpu.h"

#include <libfdt.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/cpuinfo.h"
#include "devicetree/fdt_query.h"

/* JEDEC number of T-Head, and how the names of its CPUs of that kind begin in device trees. */
#define THEAD_VENDOR UINT64_C(0x5b7)
#define THEAD_NAME   "thead,c9"

/* What one source says about all CPUs. */
struct source {
	unsigned int virtual_bits; /* the narrowest; 0: unknown */
	bool vendor_known;
	bool thead;
};

/* "sv48" means 48; 0: no mode. */
static unsigned int parse_mode(const char *name)
{
	if (strncmp(name, "sv", 2) != 0)
		return 0;
	return (unsigned int)strtoul(name + 2, NULL, 10);
}

static void add_mode(struct source *source, const char *name)
{
	const unsigned int bits = parse_mode(name);

	if (bits && (!source->virtual_bits || bits < source->virtual_bits))
		source->virtual_bits = bits;
}

/* Later CPUs of T-Head have a number for the architecture (marchid), and standard page tables. */
static void add_processor(struct source *source, const char *lines)
{
	const char *mode = cpuinfo_find_field(lines, "mmu");
	const char *vendor = cpuinfo_find_field(lines, "mvendorid");
	const char *architecture = cpuinfo_find_field(lines, "marchid");
	const char *name = cpuinfo_find_field(lines, "uarch");

	if (mode)
		add_mode(source, mode);
	if (vendor) {
		source->vendor_known = true;
		if (strtoull(vendor, NULL, 16) == THEAD_VENDOR &&
		    (!architecture || strtoull(architecture, NULL, 16) == 0))
			source->thead = true;
	} else if (name && strncmp(name, THEAD_NAME, strlen(THEAD_NAME)) == 0) {
		source->thead = true;
	}
}

static void read_cpuinfo(struct source *source, const struct sysroot *sysroot)
{
	const char *lines;
	char *text;
	size_t size;

	if (sysroot_read(sysroot, CPUINFO, &text, &size))
		return;
	for (lines = text + strspn(text, "\n"); lines; lines = cpuinfo_next(lines))
		add_processor(source, lines);
	free(text);
}

/* True if one of the node's compatible strings begins like T-Head's. */
static bool is_thead_node(const void *fdt, int node)
{
	const char *name;
	int i = 0;

	while ((name = fdt_stringlist_get(fdt, node, "compatible", i++, NULL)))
		if (strncmp(name, THEAD_NAME, strlen(THEAD_NAME)) == 0)
			return true;
	return false;
}

static void read_devicetree(struct source *source, const void *fdt)
{
	static const char type[] = "cpu", prefix[] = "riscv,";
	int node = -1;

	while ((node = fdt_node_offset_by_prop_value(fdt, node, "device_type", type,
						     sizeof(type))) >= 0) {
		const char *mode = fdt_stringlist_get(fdt, node, "mmu-type", 0, NULL);

		if (!fdt_query_available(fdt, node))
			continue;
		if (mode && strncmp(mode, prefix, strlen(prefix)) == 0)
			add_mode(source, mode + strlen(prefix));
		source->thead |= is_thead_node(fdt, node);
	}
}

void cpu_read(struct cpu *cpu, const struct devicetree *tree, const struct sysroot *sysroot)
{
	struct source running = {0}, described = {0};

	read_cpuinfo(&running, sysroot);
	if (tree->fdt)
		read_devicetree(&described, tree->fdt);
	cpu->virtual_bits = running.virtual_bits > described.virtual_bits ? running.virtual_bits
									  : described.virtual_bits;
	/* The kernel asked the CPU itself, while a name may stand for several CPUs. */
	cpu->vendor_page_tables = running.thead || (described.thead && !running.vendor_known);
}
