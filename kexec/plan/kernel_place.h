/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Places for the kernel and its initrd, which depend on each other.
 */
#ifndef PLAN_KERNEL_PLACE_H
#define PLAN_KERNEL_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/arch.h"
#include "base/log.h"
#include "plan/plan.h"

/* The needs of the kernel and its initrd. */
struct kernel_request {
	uint64_t memory_size; /* bytes that the kernel needs for itself */
	uint64_t text_offset; /* of its start from an address aligned to arch->kernel_alignment */
	uint64_t initrd_size; /* bytes; 0: there is none */
	bool anywhere;	      /* the kernel uses the RAM below itself */
};

/* The places of both. */
struct kernel_place {
	struct range kernel;
	struct range initrd;	   /* empty if there is none */
	struct range above_kernel; /* bounds for everything else */
};

/*
 * Reserve holes for both, the initrd's above the kernel and, if the architecture says so, in the
 * same window: the lowest of those that together cost the least by plan->memory.costs.
 *
 * Nothing goes below the kernel, because old kernels lose all RAM below themselves. A kernel that
 * may be old (not request->anywhere) gets the lowest hole that leaves one for the initrd, whatever
 * it costs. The kernel's hole ends at or below arch->kernel_end_max, and at a multiple of its
 * alignment: riscv's setup_bootmem() (arch/riscv/mm/init.c) reserves up to there for the kernel,
 * and refuses an initrd in that range.
 *
 * Returns 0, or -ENOSPC, -EINVAL (a text_offset that the running kernel's pages do not allow),
 * -EOVERFLOW, -ENOMEM with a message.
 */
int kernel_place_reserve(struct kernel_place *place, struct plan *plan, const struct arch *arch,
			 const struct kernel_request *request, const struct log *log);

#endif
