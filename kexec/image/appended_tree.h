/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device trees appended to a kernel. Boot loaders of phones and of some boards use them, and 32-bit
 * Arm kernels use them themselves. Kernels for arm64 and riscv64 do not.
 */
#ifndef IMAGE_APPENDED_TREE_H
#define IMAGE_APPENDED_TREE_H

#include "image/image.h"

/*
 * Warn if a device tree stands at the end of @file, a kernel or a compressed one, because kexec
 * does not use it. There is no warning if the user names a tree.
 */
void appended_tree_report(const struct image_bytes *file, const struct image_request *request);

#endif
