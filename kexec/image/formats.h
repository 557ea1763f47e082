/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which of the kernel formats a file has.
 */
#ifndef IMAGE_FORMATS_H
#define IMAGE_FORMATS_H

#include "image/image.h"

/*
 * Find the format that --type asks for; *wanted is NULL if the user left the choice to us. Returns
 * 0, or -EINVAL with a message that names all formats.
 */
int formats_find_wanted(const struct image_format **wanted, const struct image_request *request);

/*
 * The format of the bytes, which must be @wanted unless that is NULL. Returns NULL with a message
 * that says what else the bytes are, as far as known. @container is the format in which the bytes
 * were found, or NULL.
 */
const struct image_format *formats_detect(const struct image_bytes *bytes,
					  const struct image_format *wanted,
					  const struct image_format *container,
					  const struct image_request *request);

/*
 * The entries of the probe table; struct image_format has their contract. Each format has a file of
 * its own:
 *
 *   vmlinux  the kernel as the linker leaves it: an ELF file
 *   zboot    EFI zboot images (vmlinuz.efi, CONFIG_EFI_ZBOOT): an EFI application with a compressed
 *            Image and the code to expand it (drivers/firmware/efi/libstub/zboot-header.S)
 *   uki      unified kernel images: a kernel, and what it is booted with, as sections of an EFI
 *            application (https://uapi-group.org/specifications/specs/unified_kernel_image/)
 *   uimage   the older of U-Boot's formats: a header of 64 bytes before one kernel (U-Boot's
 *            include/image.h, struct legacy_img_hdr)
 *   fit      the newer: a device tree with images (kernels, initrds, device trees) and
 *            configurations that name which of them boot together
 * (https://fitspec.osfw.foundation/)
 */
int vmlinux_probe(const struct image_bytes *bytes);
int vmlinux_load(struct image *image, const struct image_request *request);
int zboot_probe(const struct image_bytes *bytes);
int zboot_load(struct image *image, const struct image_request *request);
int uki_probe(const struct image_bytes *bytes);
int uki_load(struct image *image, const struct image_request *request);
int uimage_probe(const struct image_bytes *bytes);
int uimage_load(struct image *image, const struct image_request *request);
int fit_probe(const struct image_bytes *bytes);
int fit_load(struct image *image, const struct image_request *request);

#endif
