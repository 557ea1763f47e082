/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Anonymous memory that grows.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "image/growing_bytes.h"

/* The callback is told of growth in steps of so many bytes. A decompressor's block has no more. */
#define GROWTH_STEP ((size_t)4 << 20)

/*
 * Where addresses are limited (ulimit -v), so many bytes of them are left for other uses: the
 * window of a decompressor, the stacks of threads.
 */
#define HEADROOM ((size_t)160 << 20)

static size_t round_up(size_t size, size_t unit)
{
	return (size + unit - 1) / unit * unit;
}

/* Reserve addresses for @size bytes, but only if HEADROOM is left for other uses. */
static uint8_t *try_reserve(size_t size)
{
	const size_t spare = size < HEADROOM ? size : HEADROOM;
	uint8_t *data = mmap(NULL, size + spare, PROT_NONE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (data == MAP_FAILED)
		return NULL;
	munmap(data + size, spare);
	return data;
}

/*
 * Reserve addresses for all data up to the limit, and for a block that goes past it. They cannot be
 * accessed yet, so nothing counts them as memory (vm.overcommit_memory=2, ulimit -d). If ulimit -v
 * allows less than the limit, fewer addresses have to do.
 */
static int reserve_addresses(struct growing_bytes *bytes)
{
	const size_t most = SIZE_MAX / 2 - HEADROOM - GROWING_BYTES_BLOCK_MAX;
	const size_t all =
		(bytes->limit < most ? bytes->limit + 1 : most) + GROWING_BYTES_BLOCK_MAX;
	size_t size = round_up(all, GROWTH_STEP);

	if (bytes->data)
		return 0;
	bytes->data = try_reserve(size);
	while (!bytes->data && size > GROWTH_STEP) {
		size -= round_up(size / 8, GROWTH_STEP);
		bytes->data = try_reserve(size);
	}
	bytes->mapped = size;
	return bytes->data ? 0 : -ENOMEM;
}

/* Make the first @end reserved bytes writable. From here on the kernel counts them as memory. */
static int make_writable(struct growing_bytes *bytes, size_t end)
{
	const size_t before = bytes->writable;
	const size_t after = round_up(end, GROWTH_STEP);

	if (end <= before)
		return 0;
	if (mprotect(bytes->data + before, after - before, PROT_READ | PROT_WRITE))
		return -ENOMEM;
	bytes->writable = after;
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
	return *room ? make_writable(bytes, bytes->size + *room) : -ENOMEM;
}

int growing_bytes_reserve(struct growing_bytes *bytes, size_t size)
{
	int error = bytes->size > bytes->limit ? -EFBIG : reserve_addresses(bytes);

	if (!error && bytes->mapped - bytes->size < size)
		error = -ENOMEM;
	return error ? error : make_writable(bytes, bytes->size + size);
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

/* Give back the pages behind the filled bytes. */
static int trim(struct growing_bytes *bytes)
{
	const size_t kept = round_up(bytes->size, (size_t)sysconf(_SC_PAGESIZE));

	if (kept < bytes->mapped && munmap(bytes->data + kept, bytes->mapped - kept))
		return -ENOMEM;
	bytes->mapped = kept;
	return 0;
}

int growing_bytes_seal(struct growing_bytes *bytes, struct file_bytes *out)
{
	*out = (struct file_bytes){0};
	if (bytes->size > bytes->limit)
		return -EFBIG;
	if (bytes->size) {
		if (trim(bytes) || mprotect(bytes->data, bytes->mapped, PROT_READ))
			return -ENOMEM;
		*out = (struct file_bytes){
			.data = bytes->data, .size = bytes->size, .mapped = bytes->mapped};
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
	bytes->writable = 0;
}
