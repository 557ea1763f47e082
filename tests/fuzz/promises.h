/* SPDX-License-Identifier: GPL-2.0-only */
/* What the rest of kexec relies on in an image that was read. */
#ifndef FUZZ_PROMISES_H
#define FUZZ_PROMISES_H

#include <stdbool.h>

#include "image/image.h"

/* Read every byte that would be loaded, and check what image.h says. */
bool promises_keeps_image(const struct image *image, const struct arch *arch);

#endif
