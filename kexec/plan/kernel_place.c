/* SPDX-License-Identifier: GPL-2.0-only */
/* Places for the kernel and its initrd. */
#include "plan/kernel_place.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* Where the initrd of a kernel at @kernel may lie. */
static struct range initrd_bounds(const struct plan *plan, const struct arch *arch,
				  struct range kernel)
{
	struct range bounds = {kernel.end, plan->memory.bounds.end};
	struct range window;

	if (!arch->initrd_window)
		return bounds;
	/* The window may begin up to the kernel: begin there, since the initrd is above it. */
	if (range_make(&window, align_down(kernel.start, arch->initrd_window_alignment),
		       arch->initrd_window) == 0)
		bounds = range_clip(bounds, window);
	return bounds;
}

/* True if a hole for the initrd is left when @kernel is taken. Returns 1, 0 or -ENOMEM. */
static int leaves_initrd(const struct plan *plan, const struct arch *arch, struct range kernel,
			 uint64_t size)
{
	struct range bounds = initrd_bounds(plan, arch, kernel);
	struct range_set free = {0};
	struct range hole;
	int error;

	if (!size)
		return 1;
	error = range_set_intersect(&free, &plan->memory.free, bounds);
	if (!error)
		error = range_set_find_hole(&hole, &free, bounds, size, plan->memory.page_size, 0);
	range_set_free(&free);
	return error == -ENOMEM ? error : !error;
}

/* The end of the free range that holds @address, from where the search for a hole goes on. */
static uint64_t free_end(const struct plan *plan, uint64_t address)
{
	const struct range_set *free = &plan->memory.free;

	for (size_t i = 0; i < free->count; i++)
		if (free->ranges[i].start <= address && address < free->ranges[i].end)
			return free->ranges[i].end;
	return plan->memory.bounds.end;
}

/*
 * Narrow the bounds of @hole to those of the lowest hole that leaves room for the initrd. One try
 * in each free range is enough: a higher place in the same range leaves less above it.
 */
static int choose_bounds(const struct plan *plan, const struct arch *arch,
			 struct hole_request *hole, uint64_t initrd_size, const struct log *log)
{
	const uint64_t lowest = hole->bounds.start;
	struct range found;

	while (range_set_find_hole(&found, &plan->memory.free, hole->bounds, hole->size,
				   hole->alignment, hole->offset) == 0) {
		int fits = leaves_initrd(plan, arch, found, initrd_size);

		if (fits < 0)
			return log_error(log, fits, "out of memory while placing the kernel");
		if (fits)
			return 0;
		hole->bounds.start = free_end(plan, found.start);
	}
	/* Let the kernel, or if that fits the initrd, be reported as what has no place. */
	hole->bounds.start = lowest;
	return 0;
}

static int reserve_kernel(struct kernel_place *place, struct plan *plan, const struct arch *arch,
			  const struct kernel_request *request, const struct log *log)
{
	struct hole_request hole = {
		.alignment = arch->kernel_alignment,
		.offset = request->text_offset,
		.bounds = plan->memory.bounds,
	};
	uint64_t end;
	int error;

	if (request->text_offset % plan->memory.page_size)
		return log_error(log, -EINVAL,
				 "the kernel wants to lie at an offset of 0x%" PRIx64
				 " (text_offset), which is not a multiple of this system's pages "
				 "of %" PRIu64 " bytes: use a kernel from Linux 5.8 or later",
				 request->text_offset, plan->memory.page_size);
	if (__builtin_add_overflow(request->text_offset, request->memory_size, &end) ||
	    align_up(&end, end, hole.alignment))
		return log_error(log, -EOVERFLOW,
				 "the kernel asks for 0x%" PRIx64
				 " bytes, more than any machine has: the file is damaged",
				 request->memory_size);
	hole.size = end - request->text_offset;
	error = choose_bounds(plan, arch, &hole, request->initrd_size, log);
	return error ? error : plan_reserve_hole(plan, &hole, "kernel", &place->kernel, log);
}

int kernel_place_reserve(struct kernel_place *place, struct plan *plan, const struct arch *arch,
			 const struct kernel_request *request, const struct log *log)
{
	struct hole_request hole = {.size = request->initrd_size, .alignment = 1};
	int error;

	memset(place, 0, sizeof(*place));
	error = reserve_kernel(place, plan, arch, request, log);
	if (error)
		return error;
	place->above_kernel = (struct range){place->kernel.end, plan->memory.bounds.end};
	if (!request->initrd_size)
		return 0;
	hole.bounds = initrd_bounds(plan, arch, place->kernel);
	error = plan_reserve_hole(plan, &hole, "initrd", &place->initrd, log);
	if (!error)
		place->initrd.end = place->initrd.start + request->initrd_size;
	return error;
}
