/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reservations, read as drivers/of/fdt.c and drivers/of/of_reserved_mem.c of Linux read them.
 */
#include "devicetree/fdt_reserved.h"

#include <libfdt.h>

#include "devicetree/fdt_query.h"

/*
 * Linux takes the addresses of a child of /reserved-memory as they stand. Others translate them by
 * ranges. Both places are reserved here.
 */
static int add_static(struct range_set *set, const void *fdt, int node)
{
	int error = fdt_query_ranges(fdt, node, "reg", set);

	return error ? error : fdt_query_translated_ranges(fdt, node, "reg", set);
}

static int read_reserved_nodes(struct fdt_reserved *reserved, const void *fdt, int parent)
{
	int node, error = 0;

	fdt_for_each_subnode(node, fdt, parent)
	{
		if (error || !fdt_query_available(fdt, node))
			continue;
		error = add_static(&reserved->all, fdt, node);
		if (!error && fdt_getprop(fdt, node, "no-map", NULL))
			error = add_static(&reserved->no_map, fdt, node);
	}
	return error;
}

static int read_memreserves(struct range_set *set, const void *fdt)
{
	int error = 0;

	for (int i = 0; i < fdt_num_mem_rsv(fdt) && !error; i++) {
		struct range range;
		uint64_t address, size;

		if (fdt_get_mem_rsv(fdt, i, &address, &size))
			continue;
		if (range_make(&range, address, size))
			range = (struct range){address, UINT64_MAX};
		error = range_set_add(set, range);
	}
	return error;
}

int fdt_reserved_read(struct fdt_reserved *reserved, const void *fdt)
{
	const int parent = fdt_path_offset(fdt, "/reserved-memory");
	int error;

	*reserved = (struct fdt_reserved){0};
	error = read_memreserves(&reserved->all, fdt);
	if (!error && parent > 0)
		error = read_reserved_nodes(reserved, fdt, parent);
	return error;
}

void fdt_reserved_free(struct fdt_reserved *reserved)
{
	range_set_free(&reserved->all);
	range_set_free(&reserved->no_map);
}
