/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory that a device tree reserves at fixed addresses: memory reservations ("memreserve"),
 * and the children of /reserved-memory that have an address.
 */
#ifndef DEVICETREE_FDT_RESERVED_H
#define DEVICETREE_FDT_RESERVED_H

#include "base/range.h"

struct fdt_reserved {
	struct range_set all;	 /* owned */
	struct range_set no_map; /* the part of it that no kernel maps; owned */
};

/*
 * Read both from @fdt. Nodes that are not available do not count
 * (early_init_fdt_scan_reserved_mem() in drivers/of/fdt.c). Returns 0 or -ENOMEM; The caller calls
 * fdt_reserved_free() in both cases.
 */
int fdt_reserved_read(struct fdt_reserved *reserved, const void *fdt);

void fdt_reserved_free(struct fdt_reserved *reserved);

#endif
