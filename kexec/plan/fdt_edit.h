/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device tree for the next kernel: what the plan adds to /chosen.
 */
#ifndef PLAN_FDT_EDIT_H
#define PLAN_FDT_EDIT_H

#include <stddef.h>
#include <stdint.h>

#include "arch/arch.h"
#include "base/log.h"
#include "base/range.h"
#include "devicetree/devicetree.h"

struct fdt_edit {
	const char *command_line;   /* bootargs; NULL: as the tree has them */
	const struct range *initrd; /* NULL: no initrd */
	/*
	 * For a crash kernel: where the ELF core header lies, and the memory that the kernel may
	 * use. The range that it is loaded to comes first, because old kernels look at no other.
	 */
	const struct range *elfcorehdr; /* NULL: this is no crash kernel */
	const struct range *usable;
	size_t usable_count;
	const char *source; /* what the tree was read from, for messages */
};

/*
 * Make @next from @tree, which fdt_prepare_for_next() made: bootargs set; linux,initrd-start and
 * -end set; rng-seed and kaslr-seed fresh; purgatory's report zero; linux,elfcorehdr and
 * linux,usable-memory-range set, in the root node's cells; packed. The size in bytes of the result
 * depends only on the sizes of the inputs. Returns 0, or -EINVAL, -ENOMEM, -EFBIG (over
 * arch->dtb_size_max) with a message.
 */
int fdt_edit_for_next(struct devicetree *next, const struct devicetree *tree,
		      const struct fdt_edit *edit, const struct arch *arch, const struct log *log);

/* Where in the tree that fdt_edit_for_next() made purgatory writes its report, in bytes. */
uint64_t fdt_edit_report_offset(const struct devicetree *next);

#endif
