/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device tree that the next kernel's is made from, rid of what held for the last boot alone,
 * with what firmware would fill in.
 */
#ifndef PLAN_FDT_PREPARE_H
#define PLAN_FDT_PREPARE_H

#include "base/log.h"
#include "base/range.h"
#include "devicetree/devicetree.h"

struct fdt_prepare {
	const char *source; /* what the tree was read from, for messages */
	/* The running system's tree, or one without fdt: memory is taken from there if there is
	 * none in the tree itself. */
	const struct devicetree *running;
	/* Memory reservations to add that the tree does not have; NULL: none. */
	const struct range_set *reservations;
};

/*
 * Make @prepared from @tree. Out of /chosen go linux,initrd-start and -end, linux,elfcorehdr,
 * linux,usable-memory-range, linux,ima-kexec-buffer and linux,kho-*; with them go the memory
 * reservations of what they name, and linux,usable-memory of memory nodes.
 *
 * A tree whose memory nodes sum up to nothing, as those that a boot loader fills in, gets the
 * running system's RAM: without what that one's /reserved-memory does not map, and with memory
 * reservations for all else that it reserves. Where EFI describes memory to the next kernel it
 * needs none. Returns 0, or -ENOMEM, -EFBIG, -EINVAL (malformed, or no RAM anywhere) with a
 * message; on failure there is nothing to free.
 */
int fdt_prepare_for_next(struct devicetree *prepared, const struct devicetree *tree,
			 const struct fdt_prepare *request, const struct log *log);

#endif
