/* SPDX-License-Identifier: GPL-2.0-only */
/* Finding pages that must not be written to, block by block. */
#include "plan/page_check.h"

/*
 * The bytes of memory that are looked at in one step. With pages of 4 KiB that is a read of 4 KiB
 * of flags.
 */
#define BLOCK_SIZE (UINT64_C(2) << 20)

uint64_t page_check_budget(uint64_t payload, uint64_t page_size)
{
	uint64_t bytes;

	if (__builtin_mul_overflow(payload, PAGE_CHECK_PAYLOADS, &bytes))
		return UINT64_MAX / page_size;
	return bytes / page_size > PAGE_CHECK_PAGES_MAX ? bytes / page_size : PAGE_CHECK_PAGES_MAX;
}

/* The block that @address lies in. */
static struct range find_block(uint64_t address)
{
	const uint64_t start = align_down(address, BLOCK_SIZE);
	struct range block;

	if (range_make(&block, start, BLOCK_SIZE))
		block = (struct range){start, UINT64_MAX};
	return block;
}

/* Unite @set with the pages that have this use, among @count pages from @start on. */
static int add_pages(struct range_set *set, const struct page_check *check, uint64_t start,
		     const enum page_use *uses, size_t count, enum page_use use)
{
	const uint64_t page_size = check->flags.page_size;
	int error = 0;

	for (size_t i = 0; i < count && !error; i++) {
		const size_t first = i;

		while (i < count && uses[i] == use)
			i++;
		error = range_set_add(
			set, (struct range){start + first * page_size, start + i * page_size});
	}
	return error;
}

/* Look at a block that was not seen yet, if more pages may be looked at. */
static int look_at_block(struct page_check *check, struct range block)
{
	const size_t count = range_size(block) / check->flags.page_size;
	enum page_use uses[PAGE_FLAGS_BATCH];
	int error;

	if (check->left < count) {
		check->exhausted = true;
		return 0;
	}
	check->left -= count;
	page_flags_look(&check->flags, block.start, count, uses);
	error = add_pages(&check->kernel.ranges, check, block.start, uses, count, PAGE_KERNEL);
	if (!error)
		error = add_pages(&check->broken.ranges, check, block.start, uses, count,
				  PAGE_BROKEN);
	return error ? error : range_set_add(&check->seen, block);
}

static int look_at_range(struct page_check *check, struct range range)
{
	struct range block = {range.start, range.start};
	int error = 0;

	while (block.end < range.end && !error) {
		block = find_block(block.end);
		if (!range_set_contain(&check->seen, block))
			error = look_at_block(check, block);
	}
	return error;
}

/* Take the pages that must not be written to out of @free. */
static int exclude(struct page_check *check, struct range_set *free)
{
	int error = last_resort_close(&check->broken, free);

	return error || check->kernel.open ? error : last_resort_close(&check->kernel, free);
}

int page_check_range(struct page_check *check, struct range_set *free, struct range range)
{
	int error = look_at_range(check, range);

	if (error)
		return error;
	if (!range_set_find_overlap(&check->broken.ranges, range) &&
	    (check->kernel.open || !range_set_find_overlap(&check->kernel.ranges, range)))
		return 1;
	return exclude(check, free);
}

int page_check_all(struct page_check *check, struct range_set *free, struct range bounds)
{
	struct range_set inside = {0};
	int error = range_set_intersect(&inside, free, bounds);

	for (size_t i = 0; i < inside.count && !error; i++)
		error = look_at_range(check, inside.ranges[i]);
	range_set_free(&inside);
	return error ? error : exclude(check, free);
}

void page_check_free(struct page_check *check)
{
	page_flags_close(&check->flags);
	range_set_free(&check->seen);
	last_resort_free(&check->kernel);
	last_resort_free(&check->broken);
}
