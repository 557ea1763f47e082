/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device trees behind a kernel: boot loaders of phones and of some boards take them from there, as
 * 32-bit Arm kernels do themselves; kernels for arm64 and riscv64 do not.
 */
#ifndef IMAGE_APPENDED_TREE_H
#define IMAGE_APPENDED_TREE_H

#include "image/image.h"

/*
 * Warn if a device tree ends where @file, a kernel or what it is compressed to, does: it is not
 * used. Nothing is said if the user names a tree.
 */
void appended_tree_report(const struct image_bytes *file, const struct image_request *request);

#endif
