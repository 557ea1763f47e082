/* SPDX-License-Identifier: GPL-2.0-only */
/* Bugs of released kernels, in one table. */
#include "machine/kernel_quirks.h"

#include <errno.h>
#include <stddef.h>

#include "base/kernel_release.h"

/* A kernel has the bug if all of it holds. */
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
	 * request in trans_pgd_create_copy", 2024-04-13). Debian's 6.12.117 has the bug, 6.16.12
	 * and 7.2 have copy_p4d() allocate that table. Crash kernels lie in place, and nothing is
	 * copied for them.
	 */
	{
		.arch = &arch_arm64,
		.since = KERNEL_RELEASE(6, 9),
		.until = KERNEL_RELEASE(6, 16),
		.page_size = 4096,
		.virtual_bits = 52,
		.obstacle = {-EOPNOTSUPP,
			     "the running kernel would crash in this call (a bug of Linux 6.9 to "
			     "6.15 with 52-bit addresses)",
			     "boot it with arm64.nolva, or run a newer one"},
	},
};

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
