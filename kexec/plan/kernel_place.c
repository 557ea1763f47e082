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

/* Find holes as @request asks for, with their costs. 0 or -ENOMEM; no hole is no error. */
static int find_holes(struct priced_holes *holes, const struct plan *plan,
		      const struct hole_request *request)
{
	const uint64_t page_size = plan->memory.page_size;
	struct hole_search search = {
		.set = &plan->memory.free,
		.bounds = range_clip(request->bounds, plan->memory.bounds),
		.alignment = request->alignment > page_size ? request->alignment : page_size,
		.offset = request->offset,
	};

	if (align_up(&search.size, request->size, page_size))
		return 0;
	return priced_holes_find(holes, &plan->memory.costs, &search);
}

/* Kernel and initrd, one of each of which is to be chosen. */
struct choice {
	const struct plan *plan;
	const struct arch *arch;
	uint64_t initrd_size;	     /* 0: there is none */
	struct priced_holes kernels; /* owned */
	struct priced_holes initrds; /* owned; wherever the kernel goes */
};

/* What the initrd costs just behind a kernel at @kernel; UINT64_MAX: there is no room. */
static uint64_t price_behind(const struct choice *choice, struct range kernel, struct range bounds)
{
	const struct plan_memory *memory = &choice->plan->memory;
	struct range behind;

	if (range_make(&behind, kernel.end, choice->initrd_size) ||
	    align_up(&behind.end, behind.end, memory->page_size) ||
	    !range_contain(bounds, behind) || !range_set_contain(&memory->free, behind))
		return UINT64_MAX;
	return range_costs_sum(&memory->costs, behind);
}

/*
 * What the initrd costs where the kernel lies at @kernel, at the best place for it; UINT64_MAX:
 * there is none. @cheapest is the cheapest hole for it above, which may lie outside of the window.
 */
static uint64_t price_initrd(const struct choice *choice, struct range kernel,
			     const struct priced_hole *cheapest)
{
	const struct range bounds = initrd_bounds(choice->plan, choice->arch, kernel);
	uint64_t behind;

	if (!choice->initrd_size)
		return 0;
	if (cheapest && !range_contain(bounds, cheapest->hole))
		cheapest = priced_holes_cheapest(&choice->initrds, bounds);
	behind = price_behind(choice, kernel, bounds);
	return cheapest && cheapest->cost < behind ? cheapest->cost : behind;
}

/*
 * The hole for the kernel that, with the best one above for the initrd, costs the least; of several
 * the lowest. NULL: none leaves room for the initrd. From the highest down, so that the cheapest
 * hole above is known at any time.
 */
static const struct priced_hole *choose_kernel(const struct choice *choice)
{
	const struct priced_hole *initrds = choice->initrds.holes;
	const struct priced_hole *cheapest = NULL, *best = NULL;
	uint64_t lowest = UINT64_MAX;
	size_t next = choice->initrds.count;

	for (size_t i = choice->kernels.count; i-- > 0;) {
		const struct priced_hole *kernel = &choice->kernels.holes[i];
		uint64_t cost;

		for (; next > 0 && initrds[next - 1].hole.start >= kernel->hole.end; next--)
			if (!cheapest || initrds[next - 1].cost <= cheapest->cost)
				cheapest = &initrds[next - 1];
		cost = price_initrd(choice, kernel->hole, cheapest);
		if (cost == UINT64_MAX || kernel->cost + cost > lowest)
			continue;
		lowest = kernel->cost + cost;
		best = kernel;
	}
	return best;
}

/*
 * Narrow the bounds of @hole to the place at which the kernel and its initrd together cost the
 * least. Where there is no place for both, nothing changes.
 */
static int choose_cheapest_bounds(const struct plan *plan, const struct arch *arch,
				  struct hole_request *hole, uint64_t initrd_size,
				  const struct log *log)
{
	const struct hole_request initrd = {
		.size = initrd_size,
		.alignment = 1,
		.bounds = plan->memory.bounds,
	};
	struct choice choice = {.plan = plan, .arch = arch, .initrd_size = initrd_size};
	const struct priced_hole *best = NULL;
	int error;

	error = find_holes(&choice.kernels, plan, hole);
	if (!error && initrd_size)
		error = find_holes(&choice.initrds, plan, &initrd);
	if (!error)
		best = choose_kernel(&choice);
	if (best)
		hole->bounds = best->hole;
	priced_holes_free(&choice.initrds);
	priced_holes_free(&choice.kernels);
	return error ? log_error(log, error, "out of memory while placing the kernel") : 0;
}

/* Likewise for the initrd alone, when the kernel has its place. */
static int choose_initrd_bounds(const struct plan *plan, struct hole_request *hole,
				const struct log *log)
{
	const struct priced_hole *cheapest;
	struct priced_holes holes = {0};
	int error;

	error = find_holes(&holes, plan, hole);
	if (error)
		return log_error(log, error, "out of memory while placing the initrd");
	cheapest = priced_holes_cheapest(&holes, hole->bounds);
	if (cheapest)
		hole->bounds = cheapest->hole;
	priced_holes_free(&holes);
	return 0;
}

/* Say how much of a place the page allocator may hand out, between nothing and all. */
static void log_cost(const struct plan *plan, const char *what, struct range range,
		     const struct log *log)
{
	const uint64_t most = range_size(range) / RANGE_COST_UNIT * RANGE_COST_DENSITY_MAX;
	const uint64_t cost = range_costs_sum(&plan->memory.costs, range);

	if (plan->memory.costs.count && most)
		log_debug(log, "the place of the %s costs %" PRIu64 " of %" PRIu64, what, cost,
			  most);
}

static int reserve_kernel(struct kernel_place *place, struct plan *plan, const struct arch *arch,
			  const struct kernel_request *request, const struct log *log)
{
	struct hole_request hole = {
		.alignment = arch->kernel_alignment,
		.offset = request->text_offset,
		.bounds = range_clip(plan->memory.bounds, (struct range){0, arch->kernel_end_max}),
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
	if (plan->memory.costs.count && request->anywhere)
		error = choose_cheapest_bounds(plan, arch, &hole, request->initrd_size, log);
	else
		error = choose_bounds(plan, arch, &hole, request->initrd_size, log);
	if (error)
		return error;
	error = plan_reserve_hole(plan, &hole, "kernel", &place->kernel, log);
	if (!error)
		log_cost(plan, "kernel", place->kernel, log);
	return error;
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
	if (plan->memory.costs.count)
		error = choose_initrd_bounds(plan, &hole, log);
	if (!error)
		error = plan_reserve_hole(plan, &hole, "initrd", &place->initrd, log);
	if (error)
		return error;
	log_cost(plan, "initrd", place->initrd, log);
	place->initrd.end = place->initrd.start + request->initrd_size;
	return 0;
}
