/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The program's own functions of these names take the place of the C library's for all libraries.
 * They call those of AddressSanitizer, so this is for programs that are built with it.
 */
#include "interpose.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

void *__interceptor_malloc(size_t size);
void *__interceptor_calloc(size_t count, size_t size);
void *__interceptor_realloc(void *memory, size_t size);
void *__interceptor_reallocarray(void *memory, size_t count, size_t size);
int __interceptor_posix_memalign(void **memory, size_t alignment, size_t size);
void *__interceptor_aligned_alloc(size_t alignment, size_t size);
void *__interceptor_mmap(void *place, size_t size, int protection, int flags, int file,
			 off_t offset);
ssize_t __interceptor_read(int file, void *buffer, size_t size);
ssize_t __interceptor_pread(int file, void *buffer, size_t size, off_t offset);
ssize_t __interceptor_write(int file, const void *buffer, size_t size);

/* The functions below have no other way to know. */
static struct {
	enum scarcity scarcity;
	atomic_long left; /* calls that succeed; negative: it has failed */
} state;

void interpose_begin(enum scarcity scarcity, long spared)
{
	state.left = spared;
	state.scarcity = scarcity;
}

bool interpose_end(void)
{
	state.scarcity = SCARCITY_NONE;
	return state.left < 0;
}

static bool fails(enum scarcity once, enum scarcity always, int error)
{
	long left;

	if (state.scarcity != once && state.scarcity != always)
		return false;
	left = atomic_fetch_sub(&state.left, 1);
	if (left > 0 || (state.scarcity == once && left < 0))
		return false;
	errno = error;
	return true;
}

static bool lacks_memory(void)
{
	return fails(SCARCITY_ALLOCATION, SCARCITY_MEMORY, ENOMEM);
}

/* True if a read or write is to fail with EINTR: every other one. */
static bool is_interrupted(void)
{
	if (state.scarcity != SCARCITY_INTERRUPTED || atomic_fetch_sub(&state.left, 1) % 2 == 0)
		return false;
	errno = EINTR;
	return true;
}

/* How much a read or write does. */
static size_t shorten(size_t size)
{
	if (state.scarcity != SCARCITY_SHORT || size < 2)
		return size;
	state.left = -1;
	return (size + 1) / 2;
}

void *malloc(size_t size)
{
	return lacks_memory() ? NULL : __interceptor_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return lacks_memory() ? NULL : __interceptor_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
	return lacks_memory() ? NULL : __interceptor_realloc(memory, size);
}

void *reallocarray(void *memory, size_t count, size_t size)
{
	return lacks_memory() ? NULL : __interceptor_reallocarray(memory, count, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
	return lacks_memory() ? ENOMEM : __interceptor_posix_memalign(memory, alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return lacks_memory() ? NULL : __interceptor_aligned_alloc(alignment, size);
}

void *mmap(void *place, size_t size, int protection, int flags, int file, off_t offset)
{
	return lacks_memory() ? MAP_FAILED
			      : __interceptor_mmap(place, size, protection, flags, file, offset);
}

ssize_t read(int file, void *buffer, size_t size)
{
	if (is_interrupted() || fails(SCARCITY_READ, SCARCITY_READ, EIO))
		return -1;
	return __interceptor_read(file, buffer, shorten(size));
}

ssize_t pread(int file, void *buffer, size_t size, off_t offset)
{
	if (is_interrupted() || fails(SCARCITY_READ, SCARCITY_READ, EIO))
		return -1;
	return __interceptor_pread(file, buffer, shorten(size), offset);
}

ssize_t write(int file, const void *buffer, size_t size)
{
	if (is_interrupted() || fails(SCARCITY_WRITE, SCARCITY_WRITE, ENOSPC))
		return -1;
	return __interceptor_write(file, buffer, shorten(size));
}
