/* SPDX-License-Identifier: GPL-2.0-only */
/* What flags of pages mean. */
#include "machine/page_flags.h"

#include <errno.h>

#include "support.h"

#define PAGE(number) ((uint64_t)(number) * 4096)

#define FLAG(bit) (UINT64_C(1) << (bit))

/* Of include/uapi/linux/kernel-page-flags.h and include/linux/kernel-page-flags.h. */
#define LOCKED	      FLAG(0)
#define REFERENCED    FLAG(2)
#define UPTODATE      FLAG(3)
#define DIRTY	      FLAG(4)
#define LRU	      FLAG(5)
#define ACTIVE	      FLAG(6)
#define SLAB	      FLAG(7)
#define BUDDY	      FLAG(10)
#define MMAP	      FLAG(11)
#define ANON	      FLAG(12)
#define SWAPBACKED    FLAG(14)
#define COMPOUND_HEAD FLAG(15)
#define COMPOUND_TAIL FLAG(16)
#define HUGE	      FLAG(17)
#define UNEVICTABLE   FLAG(18)
#define HWPOISON      FLAG(19)
#define NOPAGE	      FLAG(20)
#define KSM	      FLAG(21)
#define THP	      FLAG(22)
#define OFFLINE	      FLAG(23)
#define ZERO_PAGE     FLAG(24)
#define PGTABLE	      FLAG(26)
#define RESERVED      FLAG(32)
#define MLOCKED	      FLAG(33)
#define PRIVATE	      FLAG(36)
#define OWNER_PRIVATE FLAG(38)

static const struct page {
	const char *name;
	uint64_t flags;
	bool in_image;
	enum page_use use;
	enum page_use poison_use; /* where only pages with hardware errors are told */
} pages[] = {
	{"free", BUDDY, false, PAGE_FREE, PAGE_USED},
	{"free, inside of the image", BUDDY, true, PAGE_FREE, PAGE_USED},
	{"free, with a hardware error", BUDDY | HWPOISON, false, PAGE_BROKEN, PAGE_BROKEN},
	{"of plain alloc_pages()", 0, false, PAGE_KERNEL, PAGE_USED},
	{"of alloc_pages(__GFP_COMP)", COMPOUND_HEAD, false, PAGE_KERNEL, PAGE_USED},
	{"of alloc_pages(__GFP_COMP), a tail", COMPOUND_TAIL, false, PAGE_KERNEL, PAGE_USED},
	{"a driver's buffer, mapped", MMAP, false, PAGE_KERNEL, PAGE_USED},
	{"slab", SLAB, false, PAGE_KERNEL, PAGE_USED},
	{"slab that looks mapped", SLAB | ANON | LRU, false, PAGE_KERNEL, PAGE_USED},
	{"page table", PGTABLE | MMAP, false, PAGE_KERNEL, PAGE_USED},
	{"the kernel's image", RESERVED, true, PAGE_USED, PAGE_USED},
	{"reserved at boot", RESERVED, false, PAGE_KERNEL, PAGE_USED},
	{"of the image, freed and used again", 0, true, PAGE_KERNEL, PAGE_USED},
	{"no page", NOPAGE, false, PAGE_BROKEN, PAGE_USED},
	{"offline", OFFLINE, false, PAGE_BROKEN, PAGE_USED},
	{"hardware error", HWPOISON, false, PAGE_BROKEN, PAGE_BROKEN},
	{"a process' page with a hardware error", LRU | ANON | HWPOISON, false, PAGE_BROKEN,
	 PAGE_BROKEN},
	{"the image with a hardware error", RESERVED | HWPOISON, true, PAGE_BROKEN, PAGE_BROKEN},
	{"file", REFERENCED | UPTODATE | LRU | ACTIVE, false, PAGE_USED, PAGE_USED},
	{"file that is mapped", UPTODATE | LRU | MMAP | PRIVATE, false, PAGE_USED, PAGE_USED},
	{"file of tmpfs", UPTODATE | DIRTY | LRU | SWAPBACKED, false, PAGE_USED, PAGE_USED},
	{"file of ramfs", UPTODATE | DIRTY | LRU | UNEVICTABLE, false, PAGE_USED, PAGE_USED},
	{"process", UPTODATE | LRU | MMAP | ANON | SWAPBACKED, false, PAGE_USED, PAGE_USED},
	{"process, not on a list yet", UPTODATE | MMAP | ANON | SWAPBACKED, false, PAGE_USED,
	 PAGE_USED},
	{"process, locked", LRU | MMAP | ANON | SWAPBACKED | UNEVICTABLE | MLOCKED, false,
	 PAGE_USED, PAGE_USED},
	{"process, kept", LRU | ANON | SWAPBACKED | UNEVICTABLE, false, PAGE_USED, PAGE_USED},
	{"process, shared", LRU | MMAP | ANON | KSM, false, PAGE_USED, PAGE_USED},
	{"huge page", LRU | ANON | SWAPBACKED | THP | COMPOUND_HEAD, false, PAGE_USED, PAGE_USED},
	{"huge page, a tail before Linux 6.9", THP | COMPOUND_TAIL, false, PAGE_USED, PAGE_USED},
	{"huge zero page", THP | ZERO_PAGE | COMPOUND_TAIL, false, PAGE_KERNEL, PAGE_USED},
	{"hugetlbfs", HUGE | COMPOUND_HEAD, false, PAGE_KERNEL, PAGE_USED},
	{"hugetlbfs, of a process", HUGE | MMAP | ANON | COMPOUND_TAIL, false, PAGE_KERNEL,
	 PAGE_USED},
	{"shared memory of a graphics driver", UPTODATE | DIRTY | LRU | SWAPBACKED | UNEVICTABLE,
	 false, PAGE_KERNEL, PAGE_USED},
	{"shared memory that is locked",
	 UPTODATE | DIRTY | LRU | SWAPBACKED | UNEVICTABLE | MLOCKED, false, PAGE_USED, PAGE_USED},
};

/* The image has pages up to here, one for each of the cases, and then come these again. */
#define IMAGE_END PAGE(ARRAY_SIZE(pages))

static void test_uses(void **state)
{
	struct test_system *system = *state;
	uint64_t values[2 * ARRAY_SIZE(pages)];
	enum page_use uses[2 * ARRAY_SIZE(pages) + 3];

	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		values[i] = pages[i % ARRAY_SIZE(pages)].flags;
	test_sysroot_write(system->directory, "/proc/kpageflags", values, sizeof(values));
	for (int only_poison = 0; only_poison < 2; only_poison++) {
		struct page_flags flags = {
			.page_size = 4096, .image = {0, IMAGE_END}, .only_poison = only_poison};

		assert_int_equal(page_flags_open(&flags, &system->sysroot, PAGE(5) + 1), 0);
		assert_int_equal(page_flags_look(&flags, 0, ARRAY_SIZE(uses), uses),
				 ARRAY_SIZE(values));
		for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
			const struct page *page = &pages[i];
			const enum page_use use = uses[page->in_image ? i : i + ARRAY_SIZE(pages)];

			if (use != (only_poison ? page->poison_use : page->use))
				fail_msg("%s: %d", page->name, use);
		}
		/* What the file does not have. */
		for (size_t i = ARRAY_SIZE(values); i < ARRAY_SIZE(uses); i++)
			assert_int_equal(uses[i], PAGE_KERNEL);
		page_flags_close(&flags);
		page_flags_close(&flags);
	}
}

static void test_unreadable(void **state)
{
	struct test_system *system = *state;
	const uint64_t value = BUDDY;
	struct page_flags flags = {.page_size = 65536};

	assert_int_equal(page_flags_open(&flags, &system->sysroot, 0), -ENOENT);
	assert_true(flags.descriptor < 0);
	test_sysroot_write(system->directory, "/proc/kpageflags", "", 0);
	assert_int_equal(page_flags_open(&flags, &system->sysroot, 0), -ENODATA);
	assert_true(flags.descriptor < 0);
	test_sysroot_write(system->directory, "/proc/kpageflags", &value, sizeof(value));
	assert_int_equal(page_flags_open(&flags, &system->sysroot, 65536), -ENODATA);
	assert_int_equal(page_flags_open(&flags, &system->sysroot, 65535), 0);
	page_flags_close(&flags);
}

static int set_up(void **state)
{
	return test_system_set_up(state, sizeof(struct test_system));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_uses, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_unreadable, set_up, test_system_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
