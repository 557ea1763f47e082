/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Anonymous memory that grows.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "image/growing_bytes.h"

/* Growth of so many bytes is worth to hear about; a decompressor's block has not more. */
#define GROWTH_STEP ((size_t)4 << 20)

/*
 * Reserve addresses for all that may come, and for a block that goes past the limit. No memory is
 * set aside for it (MAP_NORESERVE). Where there is less to be had than the limit allows, because of
 * ulimit -v or vm.overcommit_memory=2, the half has to do, or the half of that.
 */
static int reserve_addresses(struct growing_bytes *bytes)
{
	const size_t most = SIZE_MAX / 2 - GROWING_BYTES_BLOCK_MAX;
	size_t size = (bytes->limit < most ? bytes->limit + 1 : most) + GROWING_BYTES_BLOCK_MAX;
	void *data;

	if (bytes->data)
		return 0;
	do {
		data = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		bytes->mapped = size;
		size /= 2;
	} while (data == MAP_FAILED && size > GROWTH_STEP);
	if (data == MAP_FAILED)
		return -ENOMEM;
	bytes->data = data;
	return 0;
}

int growing_bytes_capacity(struct growing_bytes *bytes, size_t *capacity)
{
	int error = reserve_addresses(bytes);

	*capacity = bytes->mapped;
	if (bytes->limit < bytes->mapped)
		*capacity = (size_t)bytes->limit + 1;
	return error;
}

int growing_bytes_room(struct growing_bytes *bytes, size_t *room, size_t most)
{
	size_t capacity;
	int error = bytes->size > bytes->limit ? -EFBIG : growing_bytes_capacity(bytes, &capacity);

	if (error)
		return error;
	*room = capacity - bytes->size;
	if (*room > most)
		*room = most;
	if (*room > GROWTH_STEP)
		*room = GROWTH_STEP;
	return *room ? 0 : -ENOMEM;
}

int growing_bytes_reserve(struct growing_bytes *bytes, size_t size)
{
	int error = bytes->size > bytes->limit ? -EFBIG : reserve_addresses(bytes);

	if (!error && bytes->mapped - bytes->size < size)
		error = -ENOMEM;
	return error;
}

void growing_bytes_advance(struct growing_bytes *bytes, size_t size)
{
	bytes->size += size;
	if (bytes->grown)
		bytes->grown(bytes, bytes->context);
}

int growing_bytes_append(struct growing_bytes *bytes, const void *data, size_t size)
{
	const uint8_t *from = data;

	while (size) {
		size_t room;
		int error = growing_bytes_room(bytes, &room, size);

		if (error)
			return error;
		memcpy(bytes->data + bytes->size, from, room);
		growing_bytes_advance(bytes, room);
		from += room;
		size -= room;
	}
	return 0;
}

int growing_bytes_seal(struct growing_bytes *bytes, struct file_bytes *out)
{
	*out = (struct file_bytes){0};
	if (bytes->size > bytes->limit)
		return -EFBIG;
	if (bytes->size) {
		void *data = mremap(bytes->data, bytes->mapped, bytes->size, 0);

		if (data == MAP_FAILED)
			return -ENOMEM;
		bytes->mapped = bytes->size;
		if (mprotect(data, bytes->size, PROT_READ))
			return -ENOMEM;
		*out = (struct file_bytes){
			.data = data, .size = bytes->size, .mapped = bytes->size};
		bytes->data = NULL;
	}
	growing_bytes_free(bytes);
	return 0;
}

void growing_bytes_free(struct growing_bytes *bytes)
{
	if (bytes->data)
		munmap(bytes->data, bytes->mapped);
	bytes->data = NULL;
	bytes->size = 0;
	bytes->mapped = 0;
}
