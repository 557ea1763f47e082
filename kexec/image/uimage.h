/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * uImage, the older of U-Boot's formats: a header of 64 bytes before one kernel. Layout: U-Boot's
 * include/image.h, struct legacy_img_hdr. The entries of the probe table for this format; what
 * struct image_format says.
 */
#ifndef IMAGE_UIMAGE_H
#define IMAGE_UIMAGE_H

#include "image/image.h"

int uimage_probe(const struct image_bytes *bytes);
int uimage_load(struct image *image, const struct image_request *request);

#endif
