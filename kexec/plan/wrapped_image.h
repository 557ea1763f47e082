/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A plan as one file: an Image for kexec_file_load(2) of arm64 that carries all segments of a crash
 * kernel at their final places. The kernel takes it for a kernel and puts it where it puts every
 * crash kernel. At its start is a jump to purgatory, which then finds everything where the manifest
 * says:
 *
 *   base          the head: the header of an Image, a jump to purgatory, and zeros
 *   base + 2 MiB  the kernel, and then all other segments as with kexec_load(2)
 *   tail          left to the running kernel, for an ELF core header and a device tree of its own,
 *                 which nobody uses
 */
#ifndef PLAN_WRAPPED_IMAGE_H
#define PLAN_WRAPPED_IMAGE_H

#include <stdint.h>

#include "base/range.h"
#include "plan/plan.h"

/* The bytes at the start of the head that are not zero. */
#define WRAPPED_IMAGE_HEAD_SIZE 96

/* The memory before the kernel: the head, and what the kernel's alignment leaves. */
#define WRAPPED_IMAGE_HEAD_ROOM (UINT64_C(2) << 20)

/* What the head tells. */
struct wrapped_image {
	struct range range; /* physical: from the head to the end of the last segment */
	uint64_t entry;	    /* of purgatory, physical */
	uint64_t page_size; /* of the running kernel: 4096, 16384 or 65536 */
};

/*
 * Find where the kernel puts the Image of a crash kernel: the lowest multiple of 2 MiB in @region,
 * which is crashk_res. image_load() of arch/arm64/kernel/kexec_image.c asks for a place from below
 * with MIN_KIMG_ALIGN, and kexec_walk_memblock() of kernel/kexec_file.c looks for it in that region
 * alone. That is so from Linux 5.6, the first that loads a crash kernel, to 7.2. Returns 0, or
 * -EOVERFLOW.
 */
int wrapped_image_find_base(uint64_t *base, struct range region);

/*
 * The bytes at the end of the region that the kernel needs for itself. load_other_segments() of
 * arch/arm64/kernel/machine_kexec_file.c places there, from above, an ELF core header at a multiple
 * of 64 KiB, and a device tree at one of 2 MiB. The tree is the running one, which has @tree_size
 * bytes, with a few properties more.
 */
uint64_t wrapped_image_tail_size(uint64_t tree_size);

/*
 * Describe the segments of a plan whose lowest is the head. @image->entry and page_size are the
 * plan's. Returns the size of the file: all but the zeros at the end.
 */
uint64_t wrapped_image_describe(struct wrapped_image *image, const struct plan *plan);

/*
 * Write the head: the header (Documentation/arch/arm64/booting.rst) claims the whole range and the
 * running kernel's page size, because the kernel refuses an Image whose page size the CPU lacks.
 * The jump works wherever the Image lies, so that purgatory can report a wrong place.
 */
void wrapped_image_write_head(uint8_t head[WRAPPED_IMAGE_HEAD_SIZE],
			      const struct wrapped_image *image);

/*
 * Write the segments to an empty file that is open for writing, the first byte of the head first.
 * Zeros between them become holes. Returns 0, or -errno without a message.
 */
int wrapped_image_write(int file, const struct plan *plan);

#endif
