/* SPDX-License-Identifier: GPL-2.0-only */
/* Bugs of released kernels, in one table. */
#include "permit/kernel_quirks.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/kernel_release.h"

/* A kernel has the bug if all of these fields match. */
static const struct kernel_quirk {
	const struct arch *arch;
	uint32_t since, until;	   /* the first release with it, and the first without */
	uint64_t page_size;	   /* bytes */
	unsigned int virtual_bits; /* of the kernel's addresses */
	struct kexec_obstacle obstacle;
} quirks[] = {
	/*
	 * machine_kexec_post_load() copies the page tables of the linear map, and copy_p4d() of
	 * arch/arm64/mm/trans_pgd.c writes through an entry of the new PGD that it has not filled.
	 * It oopses there with the lock of kexec held: every later load fails with EBUSY. Five
	 * levels of tables, with which alone there is such an entry, exist since 6.9 (LPA2 with
	 * 4 KiB pages); syzbot saw the oops in 6.9-rc3 ("BUG: unable to handle kernel paging
	 * request in trans_pgd_create_copy", 2024-04-13). "arm64: Fix 5-level paging support in
	 * kexec/hibernate trampoline" (3648027de1fa, 6.14-rc3) has copy_p4d() allocate that table;
	 * Debian's 6.12.117 still has the bug. Crash kernels lie in place, and nothing is copied
	 * for them.
	 */
	{
		.arch = &arch_arm64,
		.since = KERNEL_RELEASE(6, 9),
		.until = KERNEL_RELEASE(6, 14),
		.page_size = 4096,
		.virtual_bits = 52,
		.obstacle = {-EOPNOTSUPP,
			     "the running kernel would crash in this call (a bug of Linux 6.9 to "
			     "6.13 with 52-bit addresses)",
			     "boot it with arm64.nolva, or run a newer one"},
	},
};

/* Releases from the first one up to another, which does not belong to them any more. */
struct release_range {
	uint32_t since, until;
};

/*
 * At the jump arm64 copies pages to their destinations with a copy of the linear map in which all
 * is to be writable. In kernels with "arm64, mm: avoid always making PTE dirty in pte_mkwrite()"
 * (143937ca51cc, 6.18-rc3) what the linear map has read-only stays so in the copy: _copy_pte() of
 * arch/arm64/mm/trans_pgd.c relies on pte_mkwrite(). That is the kernel's own text and rodata
 * (mark_linear_text_alias_ro() of arch/arm64/mm/mmu.c), and with rodata=full, the default, also
 * that of modules and the pages of BPF programs (change_memory_common() of
 * arch/arm64/mm/pageattr.c), which page flags show as the kernel's. The jump hangs if a destination
 * lies in such memory, except on CPUs that set the dirty bit themselves. "arm64: mm: Add PTE_DIRTY
 * back to PAGE_KERNEL* to fix kexec/hibernation" (c25c4aa3f79a, 7.0-rc3) fixes it.
 *
 * These releases are known to be without the bug. Those of stable series come from the
 * announcements of 2025-10-29 ("Linux 6.1.158", 6.6.115, 6.12.56, 6.17.6), which have the first
 * change, and of 2026-03-19 (6.18.19, 6.19.9) and 2026-03-25 (6.1.167, 6.6.130, 6.12.78), which
 * have the second. All others are doubtful. A patch level of 0 is most often a vendor's, who counts
 * elsewhere: Debian's 6.1.0-42-arm64 is 6.1.159, and Ubuntu's 6.8.0 and 6.17.0, Red Hat's 5.14.0
 * and SUSE's 6.4.0 have changes of stable series. In series that had ended before the change only a
 * vendor's kernels are still in use.
 */
static const struct release_range writable_code[] = {
	/* pages were copied with the MMU off up to 5.15; 0 is unknown */
	{KERNEL_RELEASE(1, 0), KERNEL_RELEASE(5, 14)},
	{KERNEL_RELEASE_STABLE(5, 15, 1), KERNEL_RELEASE(5, 16)},
	{KERNEL_RELEASE_STABLE(6, 1, 1), KERNEL_RELEASE_STABLE(6, 1, 158)},
	{KERNEL_RELEASE_STABLE(6, 1, 167), KERNEL_RELEASE(6, 2)},
	{KERNEL_RELEASE_STABLE(6, 6, 1), KERNEL_RELEASE_STABLE(6, 6, 115)},
	{KERNEL_RELEASE_STABLE(6, 6, 130), KERNEL_RELEASE(6, 7)},
	{KERNEL_RELEASE_STABLE(6, 12, 1), KERNEL_RELEASE_STABLE(6, 12, 56)},
	{KERNEL_RELEASE_STABLE(6, 12, 78), KERNEL_RELEASE(6, 13)},
	{KERNEL_RELEASE_STABLE(6, 17, 1), KERNEL_RELEASE_STABLE(6, 17, 6)},
	{KERNEL_RELEASE_STABLE(6, 18, 19), KERNEL_RELEASE(6, 19)},
	{KERNEL_RELEASE_STABLE(6, 19, 9), UINT32_MAX},
};

/*
 * Releases that certainly have the bug, by the same announcements. Patch levels of 0 are vendors'.
 */
static const struct release_range read_only_code[] = {
	{KERNEL_RELEASE_STABLE(6, 1, 158), KERNEL_RELEASE_STABLE(6, 1, 167)},
	{KERNEL_RELEASE_STABLE(6, 6, 115), KERNEL_RELEASE_STABLE(6, 6, 130)},
	{KERNEL_RELEASE_STABLE(6, 12, 56), KERNEL_RELEASE_STABLE(6, 12, 78)},
	{KERNEL_RELEASE_STABLE(6, 17, 6), KERNEL_RELEASE(6, 18)},
	{KERNEL_RELEASE_STABLE(6, 18, 1), KERNEL_RELEASE_STABLE(6, 18, 19)},
	{KERNEL_RELEASE_STABLE(6, 19, 1), KERNEL_RELEASE_STABLE(6, 19, 9)},
};

#define IS_IN(release, ranges) is_in(release, ranges, sizeof(ranges) / sizeof((ranges)[0]))

static bool is_in(uint32_t release, const struct release_range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (release >= ranges[i].since && release < ranges[i].until)
			return true;
	return false;
}

#define READ_ONLY_CODE_BUG                                                                   \
	"(a bug of Linux on arm64, fixed in 6.1.167, 6.6.130, 6.12.78, 6.18.19, 6.19.9 and " \
	"7.0)"

const char *kernel_quirks_find_code(const struct kernel_traits *traits)
{
	if (traits->arch != &arch_arm64 || IS_IN(traits->release, writable_code))
		return NULL;
	return "only memory with the running kernel's code fits, and kexec -e may hang while it "
	       "writes there " READ_ONLY_CODE_BUG ": load smaller files, or reboot instead";
}

const char *kernel_quirks_find_file_code(const struct kernel_traits *traits)
{
	if (traits->arch != &arch_arm64 || !IS_IN(traits->release, read_only_code))
		return NULL;
	return "kexec_file_load may have put this kernel on read-only pages of the running one's "
	       "modules and BPF programs, and kexec -e may hang while it writes "
	       "there " READ_ONLY_CODE_BUG;
}

const struct kexec_obstacle *kernel_quirks_find(const struct kernel_traits *traits)
{
	for (size_t i = 0; i < sizeof(quirks) / sizeof(quirks[0]); i++) {
		const struct kernel_quirk *quirk = &quirks[i];

		if (traits->arch == quirk->arch && traits->release >= quirk->since &&
		    traits->release < quirk->until && traits->page_size == quirk->page_size &&
		    traits->virtual_bits == quirk->virtual_bits)
			return &quirk->obstacle;
	}
	return NULL;
}
