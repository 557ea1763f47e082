/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which engines of SHA-256 the CPUs of the machine have the instructions for.
 */
#include "machine/cpu_engines.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "machine/cpu_extensions.h"
#include "machine/cpuinfo.h"
#include "machine/fdt_query.h"
#include "machine/running_engine.h"

/* The name of RISC-V's vectors. */
#define VECTORS "v"

/* Purgatory may run on any CPU: what one of them lacks, all do. */
static void add_list(struct cpu_engines *available, const struct arch *arch, const char *list,
		     size_t size)
{
	const uint32_t engines = cpu_extensions_find_engines(arch->engines, list, size);

	available->engines = available->known ? available->engines & engines : engines;
	available->known = true;
}

static void read_running(struct cpu_engines *available, const struct arch *arch)
{
	char list[RUNNING_EXTENSIONS_SIZE];

	if (running_extensions(list, arch) == 0)
		add_list(available, arch, list, strlen(list));
}

static void read_cpuinfo(struct cpu_engines *available, const struct arch *arch,
			 const struct sysroot *sysroot)
{
	const char *lines;
	char *text;
	size_t size;

	if (sysroot_read(sysroot, CPUINFO, &text, &size))
		return;
	for (lines = text + strspn(text, "\n"); lines; lines = cpuinfo_next(lines)) {
		const char *list = cpuinfo_find_field(lines, arch->cpuinfo_extensions);

		if (list)
			add_list(available, arch, list, strcspn(list, "\n"));
	}
	free(text);
}

static void read_devicetree(struct cpu_engines *available, const struct arch *arch, const void *fdt)
{
	static const char type[] = "cpu";
	int node = -1;

	while ((node = fdt_node_offset_by_prop_value(fdt, node, "device_type", type,
						     sizeof(type))) >= 0) {
		const char *list;
		int size;

		if (!fdt_query_available(fdt, node))
			continue;
		list = fdt_getprop(fdt, node, "riscv,isa-extensions", &size);
		if (!list)
			list = fdt_getprop(fdt, node, "riscv,isa", &size);
		if (list)
			add_list(available, arch, list, (size_t)size);
	}
}

/*
 * T-Head's CPUs whose page tables are not the standard's have vectors of a draft, 0.7.1, which some
 * device trees call "v" all the same (Linux' riscv_fill_hwcap(), arch/riscv/kernel/cpufeature.c).
 */
static void remove_vectors(struct cpu_engines *available, const struct arch *arch)
{
	const struct arch_engine *entry = arch->engines;

	for (; entry->engine != SHA256_GENERIC; entry++)
		if (entry->extensions[0] && strcmp(entry->extensions[0], VECTORS) == 0)
			available->engines &= ~(UINT32_C(1) << entry->engine);
}

void cpu_engines_read(struct cpu_engines *available, const struct arch *arch, const struct cpu *cpu,
		      const struct devicetree *tree, const struct sysroot *sysroot)
{
	*available = (struct cpu_engines){.engines = 1 << SHA256_GENERIC};
	if (!sysroot->directory[0])
		read_running(available, arch);
	if (!available->known)
		read_cpuinfo(available, arch, sysroot);
	if (!available->known && tree->fdt)
		read_devicetree(available, arch, tree->fdt);
	if (cpu->vendor_page_tables)
		remove_vectors(available, arch);
}
