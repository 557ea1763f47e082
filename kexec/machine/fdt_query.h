/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Questions to a flattened device tree that libfdt does not answer itself. The semantics are those
 * of the Devicetree Specification v0.4, chapter 2.3.
 */
#ifndef MACHINE_FDT_QUERY_H
#define MACHINE_FDT_QUERY_H

#include <stdbool.h>
#include <stdint.h>

/* True if the node's status is "okay" ("ok" in old trees), or if it has none. */
bool fdt_query_available(const void *fdt, int node);

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

#endif
