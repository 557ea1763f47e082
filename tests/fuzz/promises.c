/* SPDX-License-Identifier: GPL-2.0-only */
/* What the rest of kexec relies on in an image that was read. */
#include "promises.h"

/* Read every byte that would be loaded. */
static unsigned int sum_bytes(const uint8_t *data, size_t size)
{
	unsigned int sum = 0;

	for (size_t i = 0; i < size; i++)
		sum += data[i];
	return sum;
}

bool promises_keeps_image(const struct image *image, const struct arch *arch)
{
	uint64_t end = 0;
	unsigned int sum = sum_bytes(image->kernel.data, image->kernel.size) +
			   sum_bytes(image->initrd.data, image->initrd.size) +
			   sum_bytes(image->devicetree.data, image->devicetree.size) +
			   sum_bytes(image->command_line.data, image->command_line.size);

	if (image->part_count < 1 || image->part_count > IMAGE_PART_MAX ||
	    image->text_offset >= arch->kernel_alignment || image->entry >= image->memory_size)
		return false;
	for (size_t i = 0; i < image->part_count; i++) {
		const struct image_part *part = &image->parts[i];

		if (part->offset < end || part->memory_size < part->size)
			return false;
		end = part->offset + part->memory_size;
		sum += sum_bytes(part->data, part->size);
	}
	/* The sum counts for nothing, but must be computed. */
	return end <= image->memory_size || sum == 0;
}
