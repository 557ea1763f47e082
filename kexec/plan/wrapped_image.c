/* SPDX-License-Identifier: GPL-2.0-only */
/* Writing a plan as one Image. */
#include "plan/wrapped_image.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"

/* MIN_KIMG_ALIGN of arch/arm64/include/asm/boot.h */
#define BASE_ALIGNMENT (UINT64_C(2) << 20)

/*
 * The tail has room for a tree at its alignment (2 MiB), the header at its own (64 KiB), a header
 * for some thousand CPUs (56 bytes each), and trees of up to 1 MiB, which is more than any machine
 * has. Each further 2 MiB are room for a larger one.
 */
#define TAIL_SIZE      (UINT64_C(4) << 20)
#define TAIL_TREE_SIZE (UINT64_C(1) << 20)
#define TAIL_STEP      (UINT64_C(2) << 20)

/* Fields of the header, little-endian, by their offsets. */
#define HEADER_CODE0	  0  /* 32 bits */
#define HEADER_IMAGE_SIZE 16 /* 64 bits */
#define HEADER_FLAGS	  24 /* 64 bits */
#define HEADER_MAGIC	  56 /* 32 bits */
#define HEADER_SIZE	  64

/*
 * Flags: bits 1 and 2 are the page size. Bit 0 would be big-endian data, which purgatory does not
 * know. Bit 3 says that the Image may lie anywhere.
 */
#define FLAG_PAGE_4K	  (UINT64_C(1) << 1)
#define FLAG_PAGE_16K	  (UINT64_C(2) << 1)
#define FLAG_PAGE_64K	  (UINT64_C(3) << 1)
#define FLAG_ANYWHERE	  (UINT64_C(1) << 3)
#define PAGE_SIZE_16K	  UINT64_C(16384)
#define INSTRUCTION_SIZE  4
#define HALFWORD_BITS	  16
#define HALFWORDS_OF_WORD 4

/* Instructions (Arm DDI 0487, C6.2). Only x16 and x17 are used, as by a linker's veneer. */
#define BRANCH_BEHIND_HEADER (UINT32_C(0x14000000) | HEADER_SIZE / INSTRUCTION_SIZE)
#define ADR_X16_HERE	     UINT32_C(0x10000010) /* adr x16, . */
#define MOVZ_X17	     UINT32_C(0xd2800011) /* movz x17, #0 */
#define MOVK_X17	     UINT32_C(0xf2800011) /* movk x17, #0, lsl #0 */
#define MOVE_VALUE_SHIFT     5
#define MOVE_HALFWORD_SHIFT  21
#define ADD_X16_X16_X17	     UINT32_C(0x8b110210) /* add x16, x16, x17 */
#define BR_X16		     UINT32_C(0xd61f0200) /* br x16 */

int wrapped_image_find_base(uint64_t *base, struct range region)
{
	return align_up(base, region.start, BASE_ALIGNMENT);
}

uint64_t wrapped_image_tail_size(uint64_t tree_size)
{
	const uint64_t extra = tree_size > TAIL_TREE_SIZE ? tree_size - TAIL_TREE_SIZE : 0;

	return TAIL_SIZE + (extra + TAIL_STEP - 1) / TAIL_STEP * TAIL_STEP;
}

uint64_t wrapped_image_describe(struct wrapped_image *image, const struct plan *plan)
{
	uint64_t start = UINT64_MAX, end = 0, file_end = 0;

	for (size_t i = 0; i < plan->segment_count; i++) {
		const struct segment *segment = &plan->segments[i];

		if (segment->address < start)
			start = segment->address;
		if (segment->address + segment->memory_size > end)
			end = segment->address + segment->memory_size;
		if (segment->address + segment->size > file_end)
			file_end = segment->address + segment->size;
	}
	*image = (struct wrapped_image){
		.range = {start, end},
		.entry = plan->entry,
		.page_size = plan->memory.page_size,
	};
	return file_end - start;
}

static uint64_t page_size_flag(uint64_t page_size)
{
	switch (page_size) {
	case PAGE_SIZE_MIN:
		return FLAG_PAGE_4K;
	case PAGE_SIZE_16K:
		return FLAG_PAGE_16K;
	default:
		return FLAG_PAGE_64K;
	}
}

/* Write an instruction. Returns where the next one goes. */
static uint8_t *write_instruction(uint8_t *place, uint32_t instruction)
{
	store_little_endian(place, INSTRUCTION_SIZE, instruction);
	return place + INSTRUCTION_SIZE;
}

/*
 * Write a jump by @distance from where it begins. It reads no memory, because the caches are off
 * there and nothing has cleaned them for us.
 */
static void write_jump(uint8_t *place, uint64_t distance)
{
	place = write_instruction(place, ADR_X16_HERE);
	for (uint32_t i = 0; i < HALFWORDS_OF_WORD; i++) {
		const uint32_t value = distance >> i * HALFWORD_BITS & UINT16_MAX;

		place = write_instruction(place, (i ? MOVK_X17 : MOVZ_X17) |
							 i << MOVE_HALFWORD_SHIFT |
							 value << MOVE_VALUE_SHIFT);
	}
	place = write_instruction(place, ADD_X16_X16_X17);
	write_instruction(place, BR_X16);
}

void wrapped_image_write_head(uint8_t head[WRAPPED_IMAGE_HEAD_SIZE],
			      const struct wrapped_image *image)
{
	memset(head, 0, WRAPPED_IMAGE_HEAD_SIZE);
	write_instruction(head + HEADER_CODE0, BRANCH_BEHIND_HEADER);
	store_little_endian(head + HEADER_IMAGE_SIZE, sizeof(uint64_t), range_size(image->range));
	store_little_endian(head + HEADER_FLAGS, sizeof(uint64_t),
			    page_size_flag(image->page_size) | FLAG_ANYWHERE);
	store_little_endian(head + HEADER_MAGIC, sizeof(uint32_t), arch_arm64.image_magic);
	write_jump(head + HEADER_SIZE, image->entry - (image->range.start + HEADER_SIZE));
}

/* Write @size bytes at @offset. Returns 0 or -errno. */
static int write_at(int file, const uint8_t *data, uint64_t size, uint64_t offset)
{
	while (size) {
		const ssize_t written = pwrite(file, data, size, (off_t)offset);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		data += written;
		offset += (uint64_t)written;
		size -= (uint64_t)written;
	}
	return 0;
}

int wrapped_image_write(int file, const struct plan *plan)
{
	struct wrapped_image image;
	const uint64_t size = wrapped_image_describe(&image, plan);
	int error = ftruncate(file, (off_t)size) < 0 ? -errno : 0;

	for (size_t i = 0; i < plan->segment_count && !error; i++) {
		const struct segment *segment = &plan->segments[i];

		error = write_at(file, segment->data, segment->size,
				 segment->address - image.range.start);
	}
	return error;
}
