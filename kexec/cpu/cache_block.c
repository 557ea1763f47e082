/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds out whether purgatory has to maintain the caches, because devices do not see them.
 */
#include "cpu/cache_block.h"

#include <libfdt.h>
#include <stdbool.h>
#include <stdlib.h>

#include "cpu/cpuinfo.h"
#include "devicetree/fdt_query.h"

/* The limits of a cache line's size. Purgatory cleans 4 KiB at once. */
#define BLOCK_SIZE_MIN 16
#define BLOCK_SIZE_MAX 4096

static bool has_noncoherent_device(const void *fdt)
{
	int node = 0;

	for (; node >= 0; node = fdt_next_node(fdt, node, NULL))
		if (fdt_getprop(fdt, node, "dma-noncoherent", NULL))
			return true;
	return false;
}

/* True if all online CPUs have the instruction. */
static bool has_instruction(const struct arch *arch, const struct sysroot *sysroot)
{
	unsigned int cpus = 0, have = 0;
	const char *lines, *extensions;
	char *text;
	size_t size;

	if (sysroot_read(sysroot, CPUINFO, &text, &size))
		return false;
	for (lines = text; lines; lines = cpuinfo_next(lines)) {
		extensions = cpuinfo_find_field(lines, arch->cpuinfo_extensions);
		cpus += extensions != NULL;
		have += extensions && cpuinfo_has_word(extensions, arch->cache_block_extension);
	}
	free(text);
	return cpus > 0 && have == cpus;
}

/* The smallest size in the CPUs' nodes, which is right for all of them; 0: none. */
static uint32_t find_size(const struct arch *arch, const void *fdt)
{
	static const char type[] = "cpu";
	uint32_t smallest = 0, size;
	int node = -1;

	while ((node = fdt_node_offset_by_prop_value(fdt, node, "device_type", type,
						     sizeof(type))) >= 0) {
		size = 0;
		fdt_query_u32(fdt, node, arch->cache_block_property, &size);
		if (size && (!smallest || size < smallest))
			smallest = size;
	}
	if (smallest < BLOCK_SIZE_MIN || smallest > BLOCK_SIZE_MAX || (smallest & (smallest - 1)))
		return 0;
	return smallest;
}

uint32_t cache_block_size(const struct arch *arch, const struct devicetree *tree,
			  const struct sysroot *sysroot)
{
	if (!arch->cache_block_extension || !tree->fdt || !has_instruction(arch, sysroot))
		return 0;
	return find_size(arch, tree->fdt);
}

uint32_t cache_block_find(const struct arch *arch, const struct devicetree *tree,
			  const struct sysroot *sysroot, const struct log *log)
{
	uint32_t size;

	if (!arch->cache_block_extension || !tree->fdt || !has_noncoherent_device(tree->fdt))
		return 0;
	size = cache_block_size(arch, tree, sysroot);
	if (!size)
		log_debug(log,
			  "devices do not see the caches of this machine, and its CPUs have no "
			  "%s: damage by DMA behind a cache line stays unseen",
			  arch->cache_block_extension);
	return size;
}
