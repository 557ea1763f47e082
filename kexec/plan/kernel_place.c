/* SPDX-License-Identifier: GPL-2.0-only */
/* Places for the kernel and its initrd. */
#include "plan/kernel_place.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/*
 * How often places are chosen and their pages checked, before all of memory is checked.
 */
#define ROUNDS_MAX 8

/* Where the initrd of a kernel at @kernel may lie. */
static struct range initrd_bounds(const struct plan *plan, const struct arch *arch,
				  struct range kernel)
{
	struct range bounds = {kernel.end, plan->memory.bounds.end};
	struct range window;

	if (!arch->initrd_window)
		return bounds;
	/*
	 * The window may begin anywhere up to the kernel. Let it begin there, because the initrd is
	 * above.
	 */
	if (range_make(&window, align_down(kernel.start, arch->initrd_window_alignment),
		       arch->initrd_window) == 0)
		bounds = range_clip(bounds, window);
	return bounds;
}

/* True if there still is a hole for the initrd with the kernel at @kernel. */
static bool leaves_initrd(const struct plan *plan, const struct arch *arch, struct range kernel,
			  uint64_t size)
{
	struct range hole;

	return !size ||
	       range_set_find_hole(&hole, &plan->memory.free, initrd_bounds(plan, arch, kernel),
				   size, plan->memory.page_size, 0) == 0;
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
static void choose_bounds(const struct plan *plan, const struct arch *arch,
			  struct hole_request *hole, uint64_t initrd_size)
{
	const uint64_t lowest = hole->bounds.start;
	struct range found;

	while (range_set_find_hole(&found, &plan->memory.free, hole->bounds, hole->size,
				   hole->alignment, hole->offset) == 0) {
		if (leaves_initrd(plan, arch, found, initrd_size))
			return;
		hole->bounds.start = free_end(plan, found.start);
	}
	/*
	 * Let the caller report that the kernel has no place, or if the kernel fits, that the
	 * initrd has none.
	 */
	hole->bounds.start = lowest;
}

/* Find holes for @request, with their costs. Returns 0 or -ENOMEM; finding no hole is no error. */
static int find_holes(struct cost_map_holes *holes, const struct plan *plan,
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
	return cost_map_find_holes(holes, &plan->memory.costs, &search);
}

/* The holes for the kernel and for the initrd, from which one pair is chosen. */
struct choice {
	const struct plan *plan;
	const struct arch *arch;
	uint64_t initrd_size;	       /* 0: there is none */
	struct cost_map_holes kernels; /* owned */
	struct cost_map_holes initrds; /* owned; wherever the kernel goes */
};

/* The cost of the initrd just behind a kernel at @kernel; UINT64_MAX: there is no room. */
static uint64_t price_behind(const struct choice *choice, struct range kernel, struct range bounds)
{
	const struct plan_memory *memory = &choice->plan->memory;
	struct range behind;

	if (range_make(&behind, kernel.end, choice->initrd_size) ||
	    align_up(&behind.end, behind.end, memory->page_size) ||
	    !range_contain(bounds, behind) || !range_set_contain(&memory->free, behind))
		return UINT64_MAX;
	return cost_map_sum(&memory->costs, behind);
}

/*
 * The holes for the initrd inside its bounds, while the kernel is tried from the highest place
 * down. Both ends of the bounds go down with the kernel. Only holes that may still become the
 * cheapest are kept, each lower and more expensive than the one before it. So the first one is the
 * cheapest, and the first to leave.
 */
struct window {
	const struct cost_map_holes *holes; /* all of one size */
	size_t next;			    /* so many of the lowest holes have not come in yet */
	const struct cost_map_hole **kept;  /* owned; room for all */
	size_t first, end;		    /* of the kept ones */
};

static int open_window(struct window *window, const struct cost_map_holes *holes)
{
	*window = (struct window){.holes = holes, .next = holes->count};
	window->kept = (const struct cost_map_hole **)reallocarray(NULL, holes->count + 1,
								   sizeof(struct cost_map_hole *));
	return window->kept ? 0 : -ENOMEM;
}

/*
 * The cheapest hole inside @bounds, the lowest if there are several; NULL: none. From call to call
 * the bounds go down.
 */
static const struct cost_map_hole *move_window(struct window *window, struct range bounds)
{
	while (window->next > 0) {
		const struct cost_map_hole *hole = &window->holes->holes[window->next - 1];

		if (hole->hole.start < bounds.start)
			break;
		while (window->end > window->first &&
		       window->kept[window->end - 1]->cost >= hole->cost)
			window->end--;
		window->kept[window->end++] = hole;
		window->next--;
	}
	while (window->first < window->end && window->kept[window->first]->hole.end > bounds.end)
		window->first++;
	return window->first < window->end ? window->kept[window->first] : NULL;
}

/*
 * The cost of the initrd at its best place for a kernel at @kernel; UINT64_MAX: there is no place.
 */
static uint64_t price_initrd(const struct choice *choice, struct range kernel,
			     struct window *window)
{
	const struct range bounds = initrd_bounds(choice->plan, choice->arch, kernel);
	const struct cost_map_hole *cheapest;
	uint64_t behind;

	if (!choice->initrd_size)
		return 0;
	cheapest = move_window(window, bounds);
	behind = price_behind(choice, kernel, bounds);
	return cheapest && cheapest->cost < behind ? cheapest->cost : behind;
}

/*
 * The hole for the kernel that costs the least together with the best hole above it for the initrd;
 * the lowest if there are several. NULL: none leaves room for the initrd.
 */
static const struct cost_map_hole *choose_kernel(const struct choice *choice, struct window *window)
{
	const struct cost_map_hole *best = NULL;
	uint64_t lowest = UINT64_MAX;

	for (size_t i = choice->kernels.count; i-- > 0;) {
		const struct cost_map_hole *kernel = &choice->kernels.holes[i];
		const uint64_t cost = price_initrd(choice, kernel->hole, window);

		if (cost == UINT64_MAX || kernel->cost + cost > lowest)
			continue;
		lowest = kernel->cost + cost;
		best = kernel;
	}
	return best;
}

/*
 * Narrow the bounds of @hole to the place of the kernel at which kernel and initrd together cost
 * the least. If there is no place for both, nothing changes.
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
	const struct cost_map_hole *best = NULL;
	struct window window = {0};
	int error;

	error = find_holes(&choice.kernels, plan, hole);
	if (!error && initrd_size)
		error = find_holes(&choice.initrds, plan, &initrd);
	if (!error)
		error = open_window(&window, &choice.initrds);
	if (!error)
		best = choose_kernel(&choice, &window);
	if (best)
		hole->bounds = best->hole;
	free((void *)window.kept);
	cost_map_free_holes(&choice.initrds);
	cost_map_free_holes(&choice.kernels);
	return error ? log_error(log, error, "out of memory while placing the kernel") : 0;
}

/* The same for the initrd alone, when the kernel has its place. */
static int choose_initrd_bounds(const struct plan *plan, struct hole_request *hole,
				const struct log *log)
{
	const struct cost_map_hole *cheapest;
	struct cost_map_holes holes = {0};
	int error;

	error = find_holes(&holes, plan, hole);
	if (error)
		return log_error(log, error, "out of memory while placing the initrd");
	cheapest = cost_map_find_cheapest(&holes, hole->bounds);
	if (cheapest)
		hole->bounds = cheapest->hole;
	cost_map_free_holes(&holes);
	return 0;
}

/*
 * Log the cost of a place, and the highest cost that a place of this size can have.
 */
static void log_cost(const struct plan *plan, const char *what, struct range range,
		     const struct log *log)
{
	const uint64_t most = range_size(range) / COST_MAP_UNIT * COST_MAP_DENSITY_MAX;
	const uint64_t cost = cost_map_sum(&plan->memory.costs, range);

	if (plan->memory.costs.count && most)
		log_detail(log, "the place of the %s costs %" PRIu64 " of %" PRIu64, what, cost,
			   most);
}

/* The hole that the kernel asks for, anywhere. */
static int make_kernel_hole(struct hole_request *hole, const struct plan *plan,
			    const struct arch *arch, const struct kernel_request *request,
			    const struct log *log)
{
	uint64_t end;

	*hole = (struct hole_request){
		.alignment = arch->kernel_alignment,
		.offset = request->text_offset,
		.bounds = range_clip(plan->memory.bounds, (struct range){0, arch->kernel_end_max}),
	};
	if (request->text_offset % plan->memory.page_size)
		return log_error(log, -EINVAL,
				 "the kernel wants to lie at an offset of 0x%" PRIx64
				 " (text_offset), which is not a multiple of this system's pages "
				 "of %" PRIu64 " bytes: use a kernel from Linux 5.8 or later",
				 request->text_offset, plan->memory.page_size);
	if (__builtin_add_overflow(request->text_offset, request->memory_size, &end) ||
	    align_up(&end, end, hole->alignment))
		return log_error(log, -EOVERFLOW,
				 "the kernel asks for 0x%" PRIx64
				 " bytes, more than any machine has: the file is damaged",
				 request->memory_size);
	hole->size = end - request->text_offset;
	return 0;
}

/* Narrow the bounds of @hole, which is for the kernel, to its place. */
static int choose_kernel_bounds(const struct plan *plan, const struct arch *arch,
				const struct kernel_request *request, struct hole_request *hole,
				const struct log *log)
{
	if (plan->memory.costs.count && request->anywhere)
		return choose_cheapest_bounds(plan, arch, hole, request->initrd_size, log);
	choose_bounds(plan, arch, hole, request->initrd_size);
	return 0;
}

/*
 * Narrow the bounds of @hole to the lowest place in them, if there is one, and check its pages.
 * Returns 1 if they may be written to, or if there is no place; 0 if they may not; or -ENOMEM.
 */
static int check_hole(struct plan *plan, struct hole_request *hole)
{
	const uint64_t page_size = plan->memory.page_size;
	const uint64_t alignment = hole->alignment > page_size ? hole->alignment : page_size;
	struct range found;
	uint64_t size;

	if (align_up(&size, hole->size, page_size) ||
	    range_set_find_hole(&found, &plan->memory.free,
				range_clip(hole->bounds, plan->memory.bounds), size, alignment,
				hole->offset))
		return 1;
	hole->bounds = found;
	return plan_check_pages(plan, found);
}

/* The requests for both holes. Choosing narrows their bounds to the chosen places. */
struct hole_pair {
	struct hole_request kernel;
	struct hole_request initrd; /* size 0: there is none */
};

/*
 * Choose places and check their pages. Returns 1; 0 if some pages must not be written to, which are
 * no free memory any more; or -errno with a message.
 */
static int choose_places(struct hole_pair *holes, struct plan *plan, const struct arch *arch,
			 const struct kernel_request *request, const struct log *log)
{
	int result;

	result = choose_kernel_bounds(plan, arch, request, &holes->kernel, log);
	if (result < 0)
		return result;
	result = check_hole(plan, &holes->kernel);
	if (result == 1 && holes->initrd.size) {
		holes->initrd.bounds = initrd_bounds(plan, arch, holes->kernel.bounds);
		if (plan->memory.costs.count)
			result = choose_initrd_bounds(plan, &holes->initrd, log);
		if (result < 0)
			return result;
		result = check_hole(plan, &holes->initrd);
	}
	return result < 0 ? log_error(log, result, "out of memory while placing the kernel")
			  : result;
}

/*
 * Choose places until all of their pages may be written to. After ROUNDS_MAX rounds the pages of
 * all memory are checked, as far as that is done for one load, so the places that are chosen then
 * are fit.
 */
static int choose_fit_places(struct hole_pair *holes, struct plan *plan, const struct arch *arch,
			     const struct kernel_request *request, const struct log *log)
{
	struct plan_memory *memory = &plan->memory;
	const struct hole_pair wanted = *holes;
	int result = 0;

	for (unsigned int round = 1; result == 0; round++) {
		*holes = wanted;
		result = choose_places(holes, plan, arch, request, log);
		if (result != 0)
			continue;
		log_detail(log, "a place with pages of the running kernel's is given up");
		if (round == ROUNDS_MAX &&
		    page_check_all(memory->page_check, &memory->free, memory->bounds))
			return log_error(log, -ENOMEM, "out of memory while placing the kernel");
	}
	return result < 0 ? result : 0;
}

/* True if the chosen place exists. */
static bool has_hole(struct plan *plan, const struct hole_request *hole)
{
	struct range found;

	return !hole->size || plan_find_hole(plan, hole, &found) != -ENOSPC;
}

/* While there is no place for both, open one last resort after the other and choose again. */
static int choose_with_last_resorts(struct hole_pair *holes, struct plan *plan,
				    const struct arch *arch, const struct kernel_request *request,
				    const struct log *log)
{
	const struct hole_pair wanted = *holes;
	int opened = 1;

	while (opened == 1) {
		int error;

		*holes = wanted;
		error = choose_fit_places(holes, plan, arch, request, log);
		if (error || (has_hole(plan, &holes->kernel) && has_hole(plan, &holes->initrd)))
			return error;
		opened = plan_open_last_resort(plan);
	}
	return opened < 0 ? log_error(log, opened, "out of memory while placing the kernel") : 0;
}

int kernel_place_reserve(struct kernel_place *place, struct plan *plan, const struct arch *arch,
			 const struct kernel_request *request, const struct log *log)
{
	struct hole_pair holes = {
		.initrd = {.size = request->initrd_size, .alignment = 1},
	};
	int error;

	memset(place, 0, sizeof(*place));
	error = make_kernel_hole(&holes.kernel, plan, arch, request, log);
	if (!error)
		error = choose_with_last_resorts(&holes, plan, arch, request, log);
	if (!error)
		error = plan_reserve_hole(plan, &holes.kernel, "kernel", &place->kernel, log);
	if (error)
		return error;
	log_cost(plan, "kernel", place->kernel, log);
	place->above_kernel = (struct range){place->kernel.end, plan->memory.bounds.end};
	if (!request->initrd_size)
		return 0;
	error = plan_reserve_hole(plan, &holes.initrd, "initrd", &place->initrd, log);
	if (error)
		return error;
	log_cost(plan, "initrd", place->initrd, log);
	place->initrd.end = place->initrd.start + request->initrd_size;
	return 0;
}
