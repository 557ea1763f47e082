/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bugs of released kernels that a load would trigger.
 */
#ifndef PERMIT_KERNEL_QUIRKS_H
#define PERMIT_KERNEL_QUIRKS_H

#include <stdint.h>

#include "arch/arch.h"
#include "permit/kexec_permission.h"

/* The properties of the running kernel that the bugs depend on. */
struct kernel_traits {
	const struct arch *arch;
	uint32_t release;	   /* see kernel_release.h; 0: unknown */
	uint64_t page_size;	   /* bytes */
	unsigned int virtual_bits; /* of its addresses; 0: unknown */
};

/*
 * The known bug that makes it wrong to load anything but a crash kernel, by either call; NULL: none
 * is known. An unknown property matches no bug.
 */
const struct kexec_obstacle *kernel_quirks_find(const struct kernel_traits *traits);

/*
 * The warning for a load whose segments cannot keep off the running kernel's code,
 * memory_map.kernel_code, although a bug asks for it. NULL: they need not keep off. Keeping off
 * costs little, so a kernel counts as having the bug here unless its release says that it does not.
 */
const char *kernel_quirks_find_code(const struct kernel_traits *traits);

/*
 * The same bug with kexec_file_load(2), which chooses the places: it keeps off the running kernel's
 * image, which memblock has reserved, but not off what was allocated since, such as the code of
 * modules (kexec_walk_memblock() of kernel/kexec_file.c). A warning, without a remedy, for the
 * releases that have the bug for sure; else NULL.
 */
const char *kernel_quirks_find_file_code(const struct kernel_traits *traits);

#endif
