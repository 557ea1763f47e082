/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel as the linker leaves it: an ELF file. The entries of the probe table for this format;
 * what struct image_format says.
 */
#ifndef IMAGE_VMLINUX_H
#define IMAGE_VMLINUX_H

#include "arch/arch.h"
#include "cli/log.h"
#include "image/image.h"

int vmlinux_probe(const struct file_bytes *bytes);
int vmlinux_load(struct image *image, const struct arch *arch, const char *path,
		 const struct log *log);

#endif
