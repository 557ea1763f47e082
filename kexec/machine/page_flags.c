/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /proc/kpageflags: 64 bits for each page by its number, made by stable_page_flags() in
 * fs/proc/page.c; see Documentation/admin-guide/mm/pagemap.rst. Linux 6.1, 6.12 and 7.2 differ in
 * how the pages behind the first of a compound page look: since 6.9 they have the flags of the
 * first, before 6.9 they have THP alone.
 */
#include "machine/page_flags.h"

#include <errno.h>
#include <unistd.h>

#define KPAGEFLAGS "/proc/kpageflags"

#define FLAG(bit) (UINT64_C(1) << (bit))

/* From include/uapi/linux/kernel-page-flags.h. */
enum {
	KPF_LRU = 5,
	KPF_SLAB = 7,
	KPF_BUDDY = 10,
	KPF_ANON = 12,
	KPF_SWAPBACKED = 14,
	KPF_HUGE = 17,
	KPF_UNEVICTABLE = 18,
	KPF_HWPOISON = 19,
	KPF_NOPAGE = 20,
	KPF_THP = 22,
	KPF_OFFLINE = 23,
	KPF_ZERO_PAGE = 24,
	KPF_PGTABLE = 26,
};

/* From include/linux/kernel-page-flags.h, which has the flags for kernel developers. */
enum {
	KPF_RESERVED = 32,
	KPF_MLOCKED = 33,
};

/*
 * Flags of pages of user space and of the page cache. The tail of a huge page may have THP alone.
 * KPF_MMAP is not one of them, because a driver's buffer has it too when a process maps it.
 */
#define USER_FLAGS (FLAG(KPF_LRU) | FLAG(KPF_ANON) | FLAG(KPF_SWAPBACKED) | FLAG(KPF_THP))

/* Flags of such pages that must not be used. Drivers in user space do DMA with hugetlbfs. */
#define FOREIGN_FLAGS                                                              \
	(FLAG(KPF_SLAB) | FLAG(KPF_BUDDY) | FLAG(KPF_HUGE) | FLAG(KPF_ZERO_PAGE) | \
	 FLAG(KPF_PGTABLE))

/* A hypervisor has taken back pages that are OFFLINE. */
#define BROKEN_FLAGS (FLAG(KPF_HWPOISON) | FLAG(KPF_NOPAGE) | FLAG(KPF_OFFLINE))

/*
 * True if a graphics driver may have given the page to its device: shared memory that cannot be
 * evicted although nobody has locked it (drm_gem_get_pages() in drivers/gpu/drm/drm_gem.c).
 */
static bool is_graphics(uint64_t flags)
{
	const uint64_t pinned = FLAG(KPF_SWAPBACKED) | FLAG(KPF_UNEVICTABLE);

	return (flags & pinned) == pinned && !(flags & (FLAG(KPF_MLOCKED) | FLAG(KPF_ANON)));
}

static enum page_use classify(const struct page_flags *flags, uint64_t address, uint64_t value)
{
	const struct range page = {address, address + flags->page_size};

	if (flags->only_poison)
		return value & FLAG(KPF_HWPOISON) ? PAGE_BROKEN : PAGE_USED;
	if (value & BROKEN_FLAGS)
		return PAGE_BROKEN;
	if (value & FLAG(KPF_BUDDY))
		return PAGE_FREE;
	/*
	 * The image is a legal destination: nothing is written there before kexec -e, and on both
	 * architectures the code that copies the pages then runs in a page of its own. Parts of the
	 * image that were freed after boot are not RESERVED any more.
	 */
	if (value & FLAG(KPF_RESERVED))
		return range_contain(flags->image, page) ? PAGE_USED : PAGE_KERNEL;
	if (!(value & USER_FLAGS) || value & FOREIGN_FLAGS || is_graphics(value))
		return PAGE_KERNEL;
	return PAGE_USED;
}

ssize_t page_flags_look(const struct page_flags *flags, uint64_t address, size_t count,
			enum page_use *uses)
{
	uint64_t values[PAGE_FLAGS_BATCH];
	const uint64_t offset = address / flags->page_size * sizeof(*values);
	const ssize_t size =
		pread(flags->descriptor, values, count * sizeof(*values), (off_t)offset);
	const size_t known = size < 0 ? 0 : (size_t)size / sizeof(*values);

	for (size_t i = 0; i < count; i++)
		uses[i] = i < known ? classify(flags, address + i * flags->page_size, values[i])
				    : PAGE_KERNEL;
	return size < 0 ? -errno : (ssize_t)known;
}

int page_flags_open(struct page_flags *flags, const struct sysroot *sysroot, uint64_t probe)
{
	enum page_use use;
	ssize_t known;

	flags->descriptor = sysroot_open_descriptor(sysroot, KPAGEFLAGS, 0);
	if (flags->descriptor < 0)
		return flags->descriptor;
	known = page_flags_look(flags, align_down(probe, flags->page_size), 1, &use);
	if (known > 0)
		return 0;
	page_flags_close(flags);
	return known < 0 ? (int)known : -ENODATA;
}

void page_flags_close(struct page_flags *flags)
{
	if (flags->descriptor >= 0)
		close(flags->descriptor);
	flags->descriptor = -1;
}
