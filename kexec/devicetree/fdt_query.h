/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Questions to a flattened device tree that libfdt does not answer itself. The semantics are those
 * of the Devicetree Specification v0.4, chapter 2.3.
 */
#ifndef DEVICETREE_FDT_QUERY_H
#define DEVICETREE_FDT_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/range.h"

/* True if the node's status is "okay" ("ok" in old trees), or if the node has no status. */
bool fdt_query_available(const void *fdt, int node);

/* The first string of the property @name of the node at @path; NULL: there is none. */
const char *fdt_query_string(const void *fdt, const char *path, const char *name);

/* The property @name of one cell; @value is unchanged if there is none of that size. */
void fdt_query_u32(const void *fdt, int node, const char *name, uint32_t *value);

/*
 * The property @name of one or two cells. Returns 0, or -ENOENT where there is none, -EINVAL where
 * it has another size.
 */
int fdt_query_u64(const void *fdt, int node, const char *name, uint64_t *value);

/*
 * The physical address of the first entry of the node's reg property, translated through the
 * ranges of all its parents. Returns 0, or -EINVAL where there is no such address.
 */
int fdt_query_address(const void *fdt, int node, uint64_t *address);

/*
 * Unite @ranges with all of the property @name: pairs of address and size in the cells of the
 * node's parent, as "reg" has them. A root that does not say has one cell of each, as in Linux.
 * Addresses are taken as they stand, not translated by any parent's ranges. A range that ends
 * beyond the address space is cut off there. An incomplete pair at the end is ignored. Returns 0,
 * also where there is no such property, or -ENOMEM.
 */
int fdt_query_ranges(const void *fdt, int node, const char *name, struct range_set *ranges);

/* The same for /reserved-memory's children, with the addresses translated by its ranges. */
int fdt_query_translated_ranges(const void *fdt, int node, const char *name,
				struct range_set *ranges);

/*
 * Whether the node is memory as early_init_dt_scan_memory() (drivers/of/fdt.c) sees it: a child of
 * the root by its device_type alone, whatever its name.
 */
bool fdt_query_is_memory(const void *fdt, int node);

/*
 * Unite @ram with the ranges of the tree's memory nodes. Returns 0 or -ENOMEM.
 */
int fdt_query_ram(const void *fdt, struct range_set *ram);

/*
 * True if the tree hands on EFI's memory map; then no memory node counts: efi_get_fdt_params() and
 * reserve_regions() in drivers/firmware/efi, for Xen's too.
 */
bool fdt_query_efi(const void *fdt);

#endif
