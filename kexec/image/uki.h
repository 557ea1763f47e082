/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Unified kernel images: a kernel, and what it is booted with, as sections of an EFI application.
 * Specification: https://uapi-group.org/specifications/specs/unified_kernel_image/. The entries of
 * the probe table for this format; what struct image_format says.
 */
#ifndef IMAGE_UKI_H
#define IMAGE_UKI_H

#include "image/image.h"

int uki_probe(const struct image_bytes *bytes);
int uki_load(struct image *image, const struct image_request *request);

#endif
