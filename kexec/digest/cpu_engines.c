/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which SHA-256 engines the CPUs of the machine have the instructions for.
 *
 * No source tells everything. riscv_hwprobe(2) and /proc/cpuinfo name the extensions that this
 * kernel knows, for CPUs that are online. The device tree names what its author knew, for all CPUs.
 * A CPU has an extension if one of them says so. Purgatory tries the engine that it is told to use.
 */
#include "digest/cpu_engines.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "base/kernel_release.h"
#include "cpu/cpuinfo.h"
#include "devicetree/fdt_query.h"
#include "digest/cpu_extensions.h"
#include "digest/running_engine.h"

/* The name of RISC-V's vector extension. */
#define VECTORS "v"

#define OSRELEASE "/proc/sys/kernel/osrelease"

struct sources {
	const struct arch *arch;
	char running[RUNNING_EXTENSIONS_SIZE]; /* the extensions that all online CPUs have */
	char *cpuinfo;			       /* malloc'ed, or NULL */
	const void *fdt;		       /* NULL if it does not tell about extensions */
	bool kernel_is_complete; /* an extension that this kernel does not name is missing */
};

/* The next available CPU's node after @node, -1 for the first; negative if there is none. */
static int next_node(const void *fdt, int node)
{
	static const char type[] = "cpu";

	do
		node = fdt_node_offset_by_prop_value(fdt, node, "device_type", type, sizeof(type));
	while (node >= 0 && !fdt_query_available(fdt, node));
	return node;
}

/*
 * Read a node's extensions: a list, which names all of them, or in older trees an ISA string, which
 * may leave some out. Returns true if the node names all.
 */
static bool read_node(struct cpu_extensions *extensions, const void *fdt, int node)
{
	const char *list;
	bool complete;
	int size;

	list = fdt_getprop(fdt, node, "riscv,isa-extensions", &size);
	complete = list != NULL;
	if (!list)
		list = fdt_getprop(fdt, node, "riscv,isa", &size);
	if (list)
		*extensions = (struct cpu_extensions){.text = list, .size = (size_t)size};
	return complete;
}

static bool says_something(const void *fdt)
{
	struct cpu_extensions extensions = {0};

	for (int node = next_node(fdt, -1); node >= 0; node = next_node(fdt, node))
		read_node(&extensions, fdt, node);
	return extensions.text != NULL;
}

/*
 * True if both describe the same CPU: "hart" is the number that riscv64's node has as its address.
 */
static bool is_same(const char *lines, const void *fdt, int node)
{
	const char *hart = cpuinfo_find_field(lines, "hart");
	uint64_t address;

	return hart && fdt_query_u64(fdt, node, "reg", &address) == 0 &&
	       strtoull(hart, NULL, 10) == address;
}

/* The node of the CPU that @lines describe; negative if there is none. */
static int find_node(const struct sources *sources, const char *lines)
{
	int node = -1;

	if (!sources->fdt)
		return -1;
	do
		node = next_node(sources->fdt, node);
	while (node >= 0 && !is_same(lines, sources->fdt, node));
	return node;
}

/* The first lines that describe a CPU, from @lines on; NULL if there are no more. */
static const char *find_cpu(const char *lines)
{
	while (lines && !cpuinfo_find_field(lines, "processor"))
		lines = cpuinfo_next(lines);
	return lines;
}

/* The lines of the first CPU, and of the next. */
static const char *first_cpu(const struct sources *sources)
{
	return sources->cpuinfo ? find_cpu(sources->cpuinfo + strspn(sources->cpuinfo, "\n"))
				: NULL;
}

static const char *next_cpu(const char *lines)
{
	return find_cpu(cpuinfo_next(lines));
}

static bool is_online(const struct sources *sources, int node)
{
	const char *lines = first_cpu(sources);

	while (lines && !is_same(lines, sources->fdt, node))
		lines = next_cpu(lines);
	return lines != NULL;
}

/*
 * Add one more CPU: its @lines, NULL if it is not online, and its @node, negative if it has none.
 * Purgatory may run on any of them, so an engine that one CPU lacks counts as lacking on all.
 */
static void add_cpu(struct cpu_engines *available, const struct sources *sources, const char *lines,
		    int node)
{
	enum {
		RUNNING,
		LINES,
		NODE,
		LISTS
	};
	struct cpu_extensions lists[LISTS] = {{0}};
	const char *list =
		lines ? cpuinfo_find_field(lines, sources->arch->cpuinfo_extensions) : NULL;
	bool complete = list && sources->kernel_is_complete;
	uint32_t engines;

	if (lines)
		lists[RUNNING] = (struct cpu_extensions){.text = sources->running,
							 .size = strlen(sources->running)};
	if (list)
		lists[LINES] = (struct cpu_extensions){.text = list, .size = strcspn(list, "\n")};
	if (node >= 0 && read_node(&lists[NODE], sources->fdt, node))
		complete = true;
	engines = cpu_extensions_find_engines(sources->arch->engines, lists, LISTS);
	available->engines &= engines;
	if (complete)
		available->missing |= ~engines;
}

static void add_cpus(struct cpu_engines *available, const struct sources *sources)
{
	const char *lines = first_cpu(sources);
	int node = sources->fdt ? next_node(sources->fdt, -1) : -1;

	if (lines || node >= 0)
		available->engines = UINT32_MAX;
	for (; lines; lines = next_cpu(lines))
		add_cpu(available, sources, lines, find_node(sources, lines));
	for (; node >= 0; node = next_node(sources->fdt, node))
		if (!is_online(sources, node))
			add_cpu(available, sources, NULL, node);
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
			available->missing |= UINT32_C(1) << entry->engine;
	available->engines &= ~available->missing;
}

static bool kernel_is_complete(const struct arch *arch, const struct sysroot *sysroot)
{
	uint32_t release;
	char *text;
	size_t size;

	if (sysroot_read(sysroot, OSRELEASE, &text, &size))
		return arch->cpuinfo_complete == 0;
	release = kernel_release_parse(text);
	free(text);
	return release >= arch->cpuinfo_complete;
}

void cpu_engines_read(struct cpu_engines *available, const struct arch *arch, const struct cpu *cpu,
		      const struct devicetree *tree, const struct sysroot *sysroot)
{
	struct sources sources = {
		.arch = arch,
		.fdt = tree->fdt && says_something(tree->fdt) ? tree->fdt : NULL,
		.kernel_is_complete = kernel_is_complete(arch, sysroot),
	};
	size_t size;

	*available = (struct cpu_engines){.engines = 1 << SHA256_GENERIC};
	if (sysroot->directory[0] || running_engine_list_extensions(sources.running, arch))
		sources.running[0] = '\0';
	if (sysroot_read(sysroot, CPUINFO, &sources.cpuinfo, &size))
		sources.cpuinfo = NULL;
	add_cpus(available, &sources);
	free(sources.cpuinfo);
	if (cpu->vendor_page_tables)
		remove_vectors(available, arch);
}
