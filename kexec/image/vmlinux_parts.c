/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Joining the segments of a vmlinux to parts.
 *
 * The data decide: a segment whose data share a page with those before joins that part. Memory
 * without data (.bss) is zero, like the gaps, so it may be cut off where the next part begins: the
 * bytes of that part before its data are zero too.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/range.h"
#include "image/vmlinux_parts.h"

/* A part, and the loads that it is made of. */
struct layout {
	struct image_part part;
	size_t first_load;
	size_t load_count;
	bool copied; /* cannot be used as it lies in the file */
};

/* All parts while they are made. */
struct parts {
	const struct image_bytes *file;
	const GElf_Phdr *loads;
	struct layout layouts[IMAGE_PART_MAX];
	size_t count;
};

/* The offset of a load from the first part's start. */
static uint64_t load_offset(const struct parts *parts, size_t index)
{
	return parts->loads[index].p_vaddr - parts->loads[0].p_vaddr;
}

/* The start of the page, of the largest size, that the offset lies in. */
static uint64_t page_start(uint64_t offset)
{
	return align_down(offset, IMAGE_PART_ALIGNMENT);
}

/* True if the load's data, if any, begin behind the last page with data of the last part. */
static bool needs_part(const struct parts *parts, size_t index)
{
	const struct image_part *last;
	uint64_t last_byte;

	if (parts->count == 0)
		return true;
	last = &parts->layouts[parts->count - 1].part;
	last_byte = last->offset + (last->size ? last->size - 1 : 0);
	return parts->loads[index].p_filesz > 0 &&
	       page_start(load_offset(parts, index)) > page_start(last_byte);
}

static int begin_part(struct parts *parts, size_t index)
{
	const uint64_t offset = page_start(load_offset(parts, index));

	if (parts->count == IMAGE_PART_MAX)
		return -E2BIG;
	if (parts->count > 0) {
		struct image_part *before = &parts->layouts[parts->count - 1].part;

		if (before->memory_size > offset - before->offset)
			before->memory_size = offset - before->offset;
	}
	parts->layouts[parts->count++] =
		(struct layout){.part.offset = offset, .first_load = index};
	return 0;
}

/*
 * Let the part take its bytes from the file, including those of a load @start bytes from its start.
 * Returns false unless the load lies in the file as in memory, with nothing but the part's data and
 * zeros before it. The linker leaves it like that when it aligns sections.
 */
static bool use_file(const struct parts *parts, struct image_part *part, const GElf_Phdr *load,
		     uint64_t start)
{
	const uint8_t *data;

	if (load->p_offset < start)
		return false;
	data = parts->file->data + (load->p_offset - start);
	if (part->data && part->data != data)
		return false;
	for (uint64_t i = part->size; i < start; i++)
		if (data[i] != 0)
			return false;
	part->data = data;
	return true;
}

/* Add a load to the last part. */
static void extend_part(struct parts *parts, size_t index)
{
	const GElf_Phdr *load = &parts->loads[index];
	struct layout *layout = &parts->layouts[parts->count - 1];
	const uint64_t start = load_offset(parts, index) - layout->part.offset;

	if (load->p_filesz > 0) {
		if (!use_file(parts, &layout->part, load, start))
			layout->copied = true;
		layout->part.size = start + load->p_filesz;
	}
	layout->part.memory_size = start + load->p_memsz;
	layout->load_count++;
}

/* Write a copied part's bytes to @copy, which is zero. */
static void copy_part(const struct parts *parts, struct layout *layout, uint8_t *copy)
{
	for (size_t i = layout->first_load; i < layout->first_load + layout->load_count; i++) {
		const GElf_Phdr *load = &parts->loads[i];

		if (load->p_filesz > 0)
			memcpy(copy + (load_offset(parts, i) - layout->part.offset),
			       parts->file->data + load->p_offset, load->p_filesz);
	}
	layout->part.data = copy;
}

/*
 * Copy the bytes of the parts that cannot be used as they lie in the file. The copy is at most as
 * large as the file, plus less than a page for each load.
 */
static int copy_parts(struct parts *parts, struct image *image)
{
	size_t size = 0, used = 0;

	for (size_t i = 0; i < parts->count; i++)
		if (parts->layouts[i].copied)
			size += parts->layouts[i].part.size;
	if (size == 0)
		return 0;
	image->merged = calloc(1, size);
	if (!image->merged)
		return -ENOMEM;
	for (size_t i = 0; i < parts->count; i++) {
		struct layout *layout = &parts->layouts[i];

		if (!layout->copied)
			continue;
		copy_part(parts, layout, image->merged + used);
		used += layout->part.size;
	}
	return 0;
}

int vmlinux_parts_make(struct image *image, const GElf_Phdr *loads, size_t count)
{
	struct parts parts = {.file = &image->kernel, .loads = loads};
	int error;

	for (size_t i = 0; i < count; i++) {
		if (needs_part(&parts, i)) {
			error = begin_part(&parts, i);
			if (error)
				return error;
		}
		extend_part(&parts, i);
	}
	error = copy_parts(&parts, image);
	if (error)
		return error;
	for (size_t i = 0; i < parts.count; i++)
		image->parts[i] = parts.layouts[i].part;
	image->part_count = parts.count;
	return 0;
}
