/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that the tests of kernel formats make, and the ways to load them. */
#ifndef TESTS_IMAGE_BUILDER_H
#define TESTS_IMAGE_BUILDER_H

#include "support.h"

#include "image/image.h"

/* What anything compressed may expand to. */
#define IMAGE_LIMIT (UINT64_C(64) << 20)

/* Store a number, little-endian. */
void put16(uint8_t *place, uint16_t value);
void put32(uint8_t *place, uint32_t value);
void put64(uint8_t *place, uint64_t value);

/* The header that Linux begins with, at @place. */
void put_header(uint8_t *place, const struct arch *arch, uint64_t text_offset, uint64_t image_size,
		uint64_t flags);

/* A small Image of so many bytes for @arch, and the memory that its header asks for. */
#define KERNEL_SIZE   ((size_t)2000)
#define KERNEL_MEMORY (UINT64_C(1) << 20)
void put_kernel(uint8_t *place, const struct arch *arch);

/* Compress with gzip to @place, which has @room bytes; returns how many it took. */
size_t put_gzip(uint8_t *place, size_t room, const void *data, size_t size);

/* Load bytes from the end of heap memory, where the sanitizer sees every byte too far. */
int load_bytes(struct image *image, uint8_t **heap, const struct arch *arch, const uint8_t *data,
	       size_t size, const struct log *log);

/* Free what load_bytes() has made, whatever it returned. */
void unload_bytes(struct image *image, uint8_t *heap);

/* Expect the bytes to be refused with one line that contains @message. */
void expect_refused(const struct arch *arch, const uint8_t *data, size_t size, const char *message);

/* Expect the bytes to be loaded, and the kernel to be that of put_kernel(). */
void expect_kernel(const struct arch *arch, const uint8_t *data, size_t size);

/* What holds for every image, whatever it was read from; reads each byte of each part. */
void check_image(const struct image *image, const struct arch *arch);

#endif
