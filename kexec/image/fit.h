/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * FIT, the newer of U-Boot's formats: a device tree with images (kernels, initrds, device trees)
 * and configurations that name which of them boot together. Specification:
 * https://fitspec.osfw.foundation/. The entries of the probe table for this format; what struct
 * image_format says.
 */
#ifndef IMAGE_FIT_H
#define IMAGE_FIT_H

#include "image/image.h"

int fit_probe(const struct image_bytes *bytes);
int fit_load(struct image *image, const struct image_request *request);

#endif
