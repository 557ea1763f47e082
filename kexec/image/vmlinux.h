/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel as the linker leaves it: an ELF file. The entries of the probe table for this format;
 * what struct image_format says.
 */
#ifndef IMAGE_VMLINUX_H
#define IMAGE_VMLINUX_H

#include "image/image.h"

int vmlinux_probe(const struct image_bytes *bytes);
int vmlinux_load(struct image *image, const struct image_request *request);

#endif
