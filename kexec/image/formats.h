/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which of the kernel formats a file has.
 */
#ifndef IMAGE_FORMATS_H
#define IMAGE_FORMATS_H

#include "image/image.h"

/*
 * The format that --type asks for; NULL in @wanted if the user left the choice to us. Returns 0, or
 * -EINVAL with a message that names all formats.
 */
int format_find_wanted(const struct image_format **wanted, const struct image_request *request);

/*
 * The format of the bytes, which must be @wanted unless that is NULL. NULL with a message that says
 * what else they are, as far as known; @container is the format that they were found in, or NULL.
 */
const struct image_format *format_detect(const struct image_bytes *bytes,
					 const struct image_format *wanted,
					 const struct image_format *container,
					 const struct image_request *request);

#endif
