/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The header that Linux puts before its code on arm64 and riscv64: at the start of an Image file,
 * and at the entry of a vmlinux. Layout and meaning: Documentation/arch/arm64/booting.rst and
 * Documentation/arch/riscv/boot-image-header.rst, which agree on everything that is used here.
 */
#ifndef IMAGE_LINUX_IMAGE_H
#define IMAGE_LINUX_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/arch.h"
#include "base/log.h"
#include "image/image.h"

#define LINUX_HEADER_SIZE 64

struct linux_header {
	uint64_t text_offset; /* of the header from an aligned address; 0 where the arch has none */
	bool anywhere;	      /* see struct image */
	uint64_t image_size;  /* bytes from the header on that the kernel uses, .bss included */
};

/* The architecture of the header that begins at @data, or NULL if there is none. */
const struct arch *linux_image_find_header(const uint8_t *data, size_t size);

/*
 * Read the header of a kernel for request->arch at @data, which has at least LINUX_HEADER_SIZE
 * bytes and the magic number. Returns 0, or -ENOEXEC with a message.
 */
int linux_image_read_header(struct linux_header *header, const uint8_t *data,
			    const struct image_request *request);

/* The entries of the probe table for this format; struct image_format has their contract. */
int linux_image_probe(const struct image_bytes *bytes);
int linux_image_load(struct image *image, const struct image_request *request);

#endif
