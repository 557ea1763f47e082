/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * EFI zboot images (vmlinuz.efi, CONFIG_EFI_ZBOOT): an EFI application with a compressed Image and
 * the code to expand it. Layout: drivers/firmware/efi/libstub/zboot-header.S. The entries of the
 * probe table for this format; what struct image_format says.
 */
#ifndef IMAGE_ZBOOT_H
#define IMAGE_ZBOOT_H

#include "image/image.h"

int zboot_probe(const struct image_bytes *bytes);
int zboot_load(struct image *image, const struct image_request *request);

#endif
