/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Status, numbers and addresses of device tree nodes.
 */
#include "machine/fdt_query.h"

#include <errno.h>
#include <libfdt.h>
#include <string.h>

/* How a node's children write addresses and sizes: 1 or 2 cells each, sizes also 0. */
struct cells {
	int address;
	int size;
};

bool fdt_query_available(const void *fdt, int node)
{
	int length;
	const char *status = fdt_getprop(fdt, node, "status", &length);

	return !status || fdt_stringlist_contains(status, length, "okay") ||
	       fdt_stringlist_contains(status, length, "ok");
}

static uint64_t read_cells(const fdt32_t *cells, int count)
{
	uint64_t value = 0;
	int i;

	for (i = 0; i < count; i++)
		value = value << 32 | fdt32_ld(&cells[i]);
	return value;
}

void fdt_query_u32(const void *fdt, int node, const char *name, uint32_t *value)
{
	int length;
	const fdt32_t *property = fdt_getprop(fdt, node, name, &length);

	if (property && length == (int)sizeof(*property))
		*value = fdt32_ld(property);
}

int fdt_query_u64(const void *fdt, int node, const char *name, uint64_t *value)
{
	int length;
	const fdt32_t *property = fdt_getprop(fdt, node, name, &length);

	if (!property)
		return -ENOENT;
	if (length != 4 && length != 8)
		return -EINVAL;
	*value = read_cells(property, length / 4);
	return 0;
}

static int get_cells(const void *fdt, int node, struct cells *cells)
{
	cells->address = fdt_address_cells(fdt, node);
	cells->size = fdt_size_cells(fdt, node);
	if (cells->address < 1 || cells->address > 2 || cells->size < 0 || cells->size > 2)
		return -EINVAL;
	return 0;
}

/*
 * Translate @address from the addresses of @bus's children to those of @bus itself, whose parent
 * has @parent cells. A bus without ranges hides its children from the CPU; an empty ranges maps
 * them one to one.
 */
static int translate(const void *fdt, int bus, const struct cells *child,
		     const struct cells *parent, uint64_t *address)
{
	int entry_cells = child->address + parent->address + child->size;
	int length, i;
	const fdt32_t *ranges = fdt_getprop(fdt, bus, "ranges", &length);

	if (!ranges)
		return -EINVAL;
	if (length == 0)
		return 0;
	for (i = 0; i + entry_cells <= length / 4; i += entry_cells) {
		const fdt32_t *entry = &ranges[i];
		uint64_t start = read_cells(entry, child->address);
		uint64_t base = read_cells(entry + child->address, parent->address);
		uint64_t size = read_cells(entry + child->address + parent->address, child->size);

		if (*address < start || *address - start >= size)
			continue;
		return __builtin_add_overflow(base, *address - start, address) ? -EINVAL : 0;
	}
	return -EINVAL;
}

int fdt_query_address(const void *fdt, int node, uint64_t *address)
{
	int length, bus = fdt_parent_offset(fdt, node);
	const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &length);
	struct cells child, parent;

	if (!reg || bus < 0 || get_cells(fdt, bus, &child))
		return -EINVAL;
	if (length / 4 < child.address + child.size)
		return -EINVAL;
	*address = read_cells(reg, child.address);

	/* The root's addresses are the CPU's. */
	while (bus != 0) {
		int next = fdt_parent_offset(fdt, bus);

		if (next < 0 || get_cells(fdt, next, &parent))
			return -EINVAL;
		if (translate(fdt, bus, &child, &parent, address))
			return -EINVAL;
		child = parent;
		bus = next;
	}
	return 0;
}
