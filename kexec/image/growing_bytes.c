/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Anonymous memory that grows.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "image/growing_bytes.h"

/* A multiple of every page size; most kernels fit after three doublings. */
#define INITIAL_SIZE ((size_t)8 << 20)

/* mremap(2) moves page tables: growing costs nothing per byte that is there already. */
static int grow(struct growing_bytes *bytes)
{
	size_t mapped = INITIAL_SIZE;
	void *data;

	if (bytes->data && __builtin_mul_overflow(bytes->mapped, (size_t)2, &mapped))
		return -ENOMEM;
	if (bytes->data)
		data = mremap(bytes->data, bytes->mapped, mapped, MREMAP_MAYMOVE);
	else
		data = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			    0);
	if (data == MAP_FAILED)
		return -ENOMEM;
	bytes->data = data;
	bytes->mapped = mapped;
	return 0;
}

int growing_bytes_room(struct growing_bytes *bytes, size_t *room, size_t most)
{
	uint64_t allowed;

	if (bytes->size > bytes->limit)
		return -EFBIG;
	if (bytes->size == bytes->mapped) {
		int error = grow(bytes);

		if (error)
			return error;
	}
	allowed = bytes->limit - bytes->size;
	*room = bytes->mapped - bytes->size;
	if (*room > allowed)
		*room = (size_t)allowed + 1;
	if (*room > most)
		*room = most;
	return 0;
}

int growing_bytes_reserve(struct growing_bytes *bytes, size_t size)
{
	int error = bytes->size > bytes->limit ? -EFBIG : 0;

	while (!error && bytes->mapped - bytes->size < size)
		error = grow(bytes);
	return error;
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
		bytes->size += room;
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
