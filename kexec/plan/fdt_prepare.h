/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device tree from which the next kernel's is made: without what held for the last boot only,
 * and with what firmware would fill in.
 */
#ifndef PLAN_FDT_PREPARE_H
#define PLAN_FDT_PREPARE_H

#include "base/log.h"
#include "base/range.h"
#include "devicetree/devicetree.h"

struct fdt_prepare {
	const char *source; /* what the tree was read from, for messages */
	/*
	 * The running system's tree, or one without fdt. It provides the RAM if the tree itself
	 * names none.
	 */
	const struct devicetree *running;
	/* Memory reservations to add if the tree does not have them; NULL: none. */
	const struct range_set *reservations;
};

/*
 * Make @prepared from @tree. This removes linux,initrd-start and -end, linux,elfcorehdr,
 * linux,usable-memory-range, linux,ima-kexec-buffer, linux,booted-from-kexec and linux,kho-* from
 * /chosen, the memory reservations of the ranges that they name, and linux,usable-memory from
 * memory nodes.
 *
 * A tree whose memory nodes have no memory, because a boot loader would fill them in, gets the
 * running system's RAM, without the ranges that the running tree marks no-map, and with memory
 * reservations for everything else that the running tree reserves. If EFI describes memory to the
 * next kernel, the tree needs none. Returns 0, or -ENOMEM, -EFBIG, -EINVAL (malformed, or no RAM
 * anywhere) with a message; on failure there is nothing to free.
 */
int fdt_prepare_for_next(struct devicetree *prepared, const struct devicetree *tree,
			 const struct fdt_prepare *request, const struct log *log);

#endif
