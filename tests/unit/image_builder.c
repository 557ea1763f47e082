/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that the tests of kernel formats make. */
#include "image_builder.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

void put16(uint8_t *place, uint16_t value)
{
	value = htole16(value);
	memcpy(place, &value, sizeof(value));
}

void put32(uint8_t *place, uint32_t value)
{
	value = htole32(value);
	memcpy(place, &value, sizeof(value));
}

void put64(uint8_t *place, uint64_t value)
{
	value = htole64(value);
	memcpy(place, &value, sizeof(value));
}

void put_header(uint8_t *place, const struct arch *arch, uint64_t text_offset, uint64_t image_size,
		uint64_t flags)
{
	memset(place, 0, 64);
	put64(place + 8, text_offset);
	put64(place + 16, image_size);
	put64(place + 24, flags);
	put32(place + 56, arch->image_magic);
}

void put_kernel(uint8_t *place, const struct arch *arch)
{
	put_header(place, arch, 0, KERNEL_MEMORY, 0);
	for (size_t i = 64; i < KERNEL_SIZE; i++)
		place[i] = (uint8_t)(i * 31 >> 3);
}

size_t put_gzip(uint8_t *place, size_t room, const void *data, size_t size)
{
	z_stream gzip = {0};

	assert_int_equal(deflateInit2(&gzip, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY),
			 Z_OK);
	gzip.next_in = (z_const Bytef *)(uintptr_t)data;
	gzip.avail_in = (uInt)size;
	gzip.next_out = place;
	gzip.avail_out = (uInt)room;
	assert_int_equal(deflate(&gzip, Z_FINISH), Z_STREAM_END);
	deflateEnd(&gzip);
	return gzip.total_out;
}

int load_bytes(struct image *image, uint8_t **heap, const struct arch *arch, const uint8_t *data,
	       size_t size, const struct log *log)
{
	const struct image_request request = {
		.arch = arch, .path = "/k", .limit = IMAGE_LIMIT, .log = log};

	*heap = malloc(size ? size : 1);
	assert_non_null(*heap);
	memcpy(*heap, data, size);
	*image = (struct image){.kernel = {*heap, size}};
	return image_read(image, &request);
}

void unload_bytes(struct image *image, uint8_t *heap)
{
	image_close(image);
	free(heap);
}

void expect_refused(const struct arch *arch, const uint8_t *data, size_t size, const char *message)
{
	struct test_log log;
	struct image image;
	uint8_t *heap;

	test_log_open(&log);
	assert_true(load_bytes(&image, &heap, arch, data, size, &log.log) < 0);
	test_log_expect(&log, message);
	unload_bytes(&image, heap);
	test_log_close(&log);
}

void check_image(const struct image *image, const struct arch *arch)
{
	uint64_t end = 0;
	unsigned int sum = 0;

	assert_in_range(image->part_count, 1, IMAGE_PART_MAX);
	assert_int_equal(image->parts[0].offset, 0);
	assert_true(image->text_offset < arch->kernel_alignment);
	assert_true(image->memory_size <= 3 * IMAGE_MEMORY_MAX);
	assert_true(image->entry < image->memory_size);
	for (size_t i = 0; i < image->part_count; i++) {
		const struct image_part *part = &image->parts[i];

		assert_int_equal(part->offset % IMAGE_PART_ALIGNMENT, 0);
		assert_true(part->offset >= end);
		assert_true(part->memory_size >= part->size);
		end = (part->offset + part->memory_size + IMAGE_PART_ALIGNMENT - 1) &
		      ~(IMAGE_PART_ALIGNMENT - 1);
		assert_true(part->offset + part->memory_size <= image->memory_size);
		for (uint64_t j = 0; j < part->size; j++)
			sum += part->data[j];
	}
	if (sum == 1) /* keeps the reading */
		print_message("sum of bytes: 1\n");
}

void expect_kernel(const struct arch *arch, const uint8_t *data, size_t size)
{
	uint8_t kernel[KERNEL_SIZE];
	struct test_log log;
	struct image image;
	uint8_t *heap;

	put_kernel(kernel, arch);
	test_log_open(&log);
	assert_int_equal(load_bytes(&image, &heap, arch, data, size, &log.log), 0);
	test_log_expect_nothing(&log);
	check_image(&image, arch);
	assert_string_equal(image.format, "Image");
	assert_int_equal(image.memory_size, KERNEL_MEMORY);
	/* What is behind it in a section is zero. */
	assert_true(image.kernel.size >= KERNEL_SIZE);
	assert_memory_equal(image.kernel.data, kernel, KERNEL_SIZE);
	assert_ptr_equal(image.parts[0].data, image.kernel.data);
	unload_bytes(&image, heap);
	test_log_close(&log);
}
