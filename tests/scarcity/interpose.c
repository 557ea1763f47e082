/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The program's own functions of these names take the place of the C library's for all libraries.
 * They call those of AddressSanitizer, or glibc's by their other names in a build without it.
 */
#include "interpose.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#define REAL(sanitizer, glibc) sanitizer
#else
#define REAL(sanitizer, glibc) glibc
#endif
#define real_malloc  REAL(__interceptor_malloc, __libc_malloc)
#define real_calloc  REAL(__interceptor_calloc, __libc_calloc)
#define real_realloc REAL(__interceptor_realloc, __libc_realloc)
#define real_aligned REAL(__interceptor_memalign, __libc_memalign)
#define real_mmap    REAL(__interceptor_mmap, mmap64)
#define real_read    REAL(__interceptor_read, __read)
#define real_pread   REAL(__interceptor_pread, __pread64)
#define real_write   REAL(__interceptor_write, __write)

void *real_malloc(size_t size);
void *real_calloc(size_t count, size_t size);
void *real_realloc(void *memory, size_t size);
void *real_aligned(size_t alignment, size_t size);
void *real_mmap(void *place, size_t size, int protection, int flags, int file, off_t offset);
ssize_t real_read(int file, void *buffer, size_t size);
ssize_t real_pread(int file, void *buffer, size_t size, off_t offset);
ssize_t real_write(int file, const void *buffer, size_t size);

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
	return lacks_memory() ? NULL : real_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return lacks_memory() ? NULL : real_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
	return lacks_memory() ? NULL : real_realloc(memory, size);
}

void *reallocarray(void *memory, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total)) {
		errno = ENOMEM;
		return NULL;
	}
	return lacks_memory() ? NULL : real_realloc(memory, total);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
	void *aligned = lacks_memory() ? NULL : real_aligned(alignment, size);

	if (!aligned)
		return ENOMEM;
	*memory = aligned;
	return 0;
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return lacks_memory() ? NULL : real_aligned(alignment, size);
}

void *mmap(void *place, size_t size, int protection, int flags, int file, off_t offset)
{
	return lacks_memory() ? MAP_FAILED
			      : real_mmap(place, size, protection, flags, file, offset);
}

ssize_t read(int file, void *buffer, size_t size)
{
	if (is_interrupted() || fails(SCARCITY_READ, SCARCITY_READ, EIO))
		return -1;
	return real_read(file, buffer, shorten(size));
}

ssize_t pread(int file, void *buffer, size_t size, off_t offset)
{
	if (is_interrupted() || fails(SCARCITY_READ, SCARCITY_READ, EIO))
		return -1;
	return real_pread(file, buffer, shorten(size), offset);
}

ssize_t write(int file, const void *buffer, size_t size)
{
	if (is_interrupted() || fails(SCARCITY_WRITE, SCARCITY_WRITE, ENOSPC))
		return -1;
	return real_write(file, buffer, shorten(size));
}
