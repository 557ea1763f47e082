/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The segments of a vmlinux as the parts of an image. A segment is used as it lies in the file if
 * it has its pages for itself, or if it shares them with neighbours that lie in the file as in
 * memory. Others are joined in a copy.
 */
#ifndef IMAGE_VMLINUX_PARTS_H
#define IMAGE_VMLINUX_PARTS_H

#include <gelf.h>
#include <stddef.h>

#include "image/image.h"

/*
 * Fill the parts of @image, which has none yet, from @count PT_LOAD segments of image->kernel:
 * sorted by p_vaddr, without overlap in memory or in the file, inside the file, and together
 * smaller than IMAGE_MEMORY_MAX. Returns 0, or without a message -E2BIG where more than
 * IMAGE_PART_MAX parts would be needed, or -ENOMEM.
 */
int vmlinux_parts_make(struct image *image, const GElf_Phdr *loads, size_t count);

#endif
