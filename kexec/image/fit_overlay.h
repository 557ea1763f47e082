/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device tree overlays in a FIT: all images but the first in a configuration's "fdt".
 */
#ifndef IMAGE_FIT_OVERLAY_H
#define IMAGE_FIT_OVERLAY_H

#include "image/fit_image.h"

/*
 * Apply the overlays of the node @configuration, in their order, to the device tree in the bytes of
 * @tree. These become the bytes of the result, which @image owns. Overlays that refer to labels
 * need a tree that was compiled with them (__symbols__). Returns 0, or -errno with a message.
 */
int fit_overlay_apply(struct image *image, struct image_bytes *tree, const struct fit *fit,
		      int configuration);

#endif
