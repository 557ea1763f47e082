/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Status, numbers, addresses and ranges of device tree nodes.
 */
#include "devicetree/fdt_query.h"

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

const char *fdt_query_string(const void *fdt, const char *path, const char *name)
{
	const int node = fdt_path_offset(fdt, path);

	return node < 0 ? NULL : fdt_stringlist_get(fdt, node, name, 0, NULL);
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

/* One entry of a property of pairs, cut off at the end of the address space. */
static struct range read_range(const fdt32_t *entry, const struct cells *cells)
{
	struct range range;
	uint64_t start = read_cells(entry, cells->address);
	uint64_t size = read_cells(entry + cells->address, cells->size);

	if (range_make(&range, start, size))
		range = (struct range){start, UINT64_MAX};
	return range;
}

/* Unite @ranges with the pairs of a property, translated through the ranges of @bus unless that is
 * negative; an entry that cannot be translated is left out. */
static int add_ranges(const void *fdt, int node, const char *name, const struct cells *cells,
		      int bus, struct range_set *ranges)
{
	const int entry_cells = cells->address + cells->size;
	struct cells parent;
	int length, i, error = 0;
	const fdt32_t *property = fdt_getprop(fdt, node, name, &length);

	if (!property || (bus >= 0 && get_cells(fdt, 0, &parent)))
		return 0;
	for (i = 0; i + entry_cells <= length / 4 && !error; i += entry_cells) {
		struct range range = read_range(&property[i], cells);
		const uint64_t size = range_size(range);

		if (bus >= 0 && (translate(fdt, bus, cells, &parent, &range.start) ||
				 range_make(&range, range.start, size)))
			continue;
		error = range_set_add(ranges, range);
	}
	return error;
}

/*
 * The root's cells, or one each if it does not say: OF_ROOT_NODE_ADDR_CELLS_DEFAULT and
 * OF_ROOT_NODE_SIZE_CELLS_DEFAULT of include/linux/of.h.
 */
static int get_root_cells(const void *fdt, struct cells *cells)
{
	uint32_t address_cells = 1, size_cells = 1;

	fdt_query_u32(fdt, 0, "#address-cells", &address_cells);
	fdt_query_u32(fdt, 0, "#size-cells", &size_cells);
	if (address_cells < 1 || address_cells > 2 || size_cells < 1 || size_cells > 2)
		return -EINVAL;
	*cells = (struct cells){(int)address_cells, (int)size_cells};
	return 0;
}

int fdt_query_ranges(const void *fdt, int node, const char *name, struct range_set *ranges)
{
	const int parent = fdt_parent_offset(fdt, node);
	struct cells cells;

	if (parent < 0 || (parent ? get_cells(fdt, parent, &cells) : get_root_cells(fdt, &cells)))
		return 0;
	return add_ranges(fdt, node, name, &cells, -1, ranges);
}

int fdt_query_translated_ranges(const void *fdt, int node, const char *name,
				struct range_set *ranges)
{
	const int parent = fdt_parent_offset(fdt, node);
	struct cells cells;

	if (parent <= 0 || get_cells(fdt, parent, &cells))
		return 0;
	return add_ranges(fdt, node, name, &cells, parent, ranges);
}

bool fdt_query_is_memory(const void *fdt, int node)
{
	const char *type = fdt_stringlist_get(fdt, node, "device_type", 0, NULL);

	return type && strcmp(type, "memory") == 0;
}

int fdt_query_ram(const void *fdt, struct range_set *ram)
{
	int node, error = 0;

	fdt_for_each_subnode(node, fdt, 0) if (!error && fdt_query_is_memory(fdt, node) &&
					       fdt_query_available(fdt, node)) error =
		fdt_query_ranges(fdt, node, "reg", ram);
	return error;
}

bool fdt_query_efi(const void *fdt)
{
	const int chosen = fdt_path_offset(fdt, "/chosen");
	const int xen = fdt_path_offset(fdt, "/hypervisor/uefi");

	return (chosen >= 0 && fdt_getprop(fdt, chosen, "linux,uefi-system-table", NULL)) ||
	       (xen >= 0 && fdt_getprop(fdt, xen, "xen,uefi-system-table", NULL));
}
