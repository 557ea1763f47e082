/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The plan: places for segments, and the checks that kexec_load(2) would make too late.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "plan/plan.h"

/* How messages name a segment: role, place and sizes. */
#define SEGMENT_FORMAT \
	"segment %s at 0x%" PRIx64 " (%" PRIu64 " bytes, %" PRIu64 " bytes in memory)"
#define SEGMENT_ARGUMENTS(segment) \
	plan_role_name((segment)->role), (segment)->address, (segment)->size, (segment)->memory_size

/* For failures that no user can cause. */
#define REPORT_REMEDY                                                                           \
	"this is a fault of kexec, please report it with the output of -dd and what --capture " \
	"writes"

/*
 * The pages of a crash kernel's region that the running kernel takes for itself after it has freed
 * the previous crash kernel: a control page, and one for a copy of vmcoreinfo
 * (kimage_alloc_crash_control_pages() in kernel/kexec_core.c).
 */
#define CRASH_CONTROL_PAGES 2

const char *plan_role_name(enum segment_role role)
{
	static const char *const names[SEGMENT_ROLE_COUNT] = SEGMENT_ROLE_NAMES;

	return (unsigned int)role < SEGMENT_ROLE_COUNT ? names[role] : "unknown";
}

/* The last address in a range, as --mem-max takes it. */
static uint64_t last_address(struct range range)
{
	return range.end == UINT64_MAX || range.end == range.start ? range.end : range.end - 1;
}

/* The remedy that may make room for a segment. It names only options that were given. */
static const char *bounds_remedy(const struct plan *plan)
{
	if (plan->memory.bounds.end == UINT64_MAX)
		return plan->memory.bounds.start == 0 ? "" : "lower --mem-min, or ";
	return plan->memory.bounds.start == 0 ? "raise --mem-max, or "
					      : "widen --mem-min and --mem-max, or ";
}

int plan_check_pages(struct plan *plan, struct range range)
{
	struct plan_memory *memory = &plan->memory;

	return memory->page_check ? page_check_range(memory->page_check, &memory->free, range) : 1;
}

/* Round the request to whole pages of the running kernel. */
static int round_request(struct hole_request *rounded, const struct plan *plan,
			 const struct hole_request *request)
{
	*rounded = *request;
	if (rounded->alignment < plan->memory.page_size)
		rounded->alignment = plan->memory.page_size;
	return align_up(&rounded->size, request->size, plan->memory.page_size);
}

/* Find the lowest place in @free for the request, in whole pages. Returns 0 or -errno. */
static int find_place(struct range *hole, const struct range_set *free, const struct plan *plan,
		      const struct hole_request *request)
{
	const struct range bounds = range_clip(request->bounds, plan->memory.bounds);
	const struct range_set *within = request->within;

	if (!within)
		return range_set_find_hole(hole, free, bounds, request->size, request->alignment,
					   request->offset);
	for (size_t i = 0; i < within->count; i++)
		if (range_set_find_hole(hole, free, range_clip(bounds, within->ranges[i]),
					request->size, request->alignment, request->offset) == 0)
			return 0;
	return -ENOSPC;
}

/* True if there would be a place without the pages that must never be written to. */
static bool breaks_hole(const struct plan *plan, const struct hole_request *request)
{
	const struct page_check *check = plan->memory.page_check;
	struct range_set whole = {0};
	struct range hole;
	bool found;
	int error;

	if (!check || !check->broken.aside.count)
		return false;
	error = range_set_intersect(&whole, &plan->memory.free, plan->memory.bounds);
	if (!error)
		error = range_set_add_all(&whole, &check->broken.aside);
	found = !error && find_place(&hole, &whole, plan, request) == 0;
	range_set_free(&whole);
	return found;
}

static int report_no_hole(const struct plan *plan, const struct hole_request *request,
			  const char *purpose, const struct log *log)
{
	const struct range bounds = range_clip(request->bounds, plan->memory.bounds);
	struct range_set inside = {0};
	struct range largest;
	const char *tree = plan->memory.limited_by_tree ? plan->memory.next->source : NULL;
	char room[96] = "where no memory is free";

	/*
	 * If there is no memory for the set, "largest" is empty and the rest of the message still
	 * holds.
	 */
	range_set_intersect(&inside, &plan->memory.free, bounds);
	largest = range_set_largest(&inside);
	range_set_free(&inside);
	if (range_size(largest))
		snprintf(room, sizeof(room),
			 "where the largest free range is 0x%" PRIx64 " to 0x%" PRIx64,
			 largest.start, last_address(largest));
	return log_error(log, -ENOSPC,
			 "no hole for the %s: needs %" PRIu64 " bytes aligned to 0x%" PRIx64
			 " between 0x%" PRIx64 " and 0x%" PRIx64 ", %s%s%s%s%s; %sload smaller "
			 "files",
			 purpose, request->size, request->alignment, bounds.start,
			 last_address(bounds), room,
			 breaks_hole(plan, request)
				 ? " without pages that have hardware errors or are offline"
				 : "",
			 request->within ? " and some of it lies at memory that no kernel maps"
					 : "",
			 tree ? ", in what is RAM and not reserved in device tree " : "",
			 tree ? tree : "", bounds_remedy(plan));
}

int plan_find_hole(struct plan *plan, const struct hole_request *request, struct range *hole)
{
	struct hole_request rounded;
	int usable = 0;

	if (round_request(&rounded, plan, request))
		return -EOVERFLOW;
	while (usable == 0) {
		if (find_place(hole, &plan->memory.free, plan, &rounded))
			return -ENOSPC;
		usable = plan_check_pages(plan, *hole);
	}
	return usable < 0 ? usable : 0;
}

static struct last_resort *get_last_resort(struct plan_memory *memory, size_t kind)
{
	if (kind == LAST_RESORT_PAGES && memory->page_check)
		return &memory->page_check->kernel;
	return &memory->last_resorts[kind];
}

int plan_open_last_resort(struct plan *plan)
{
	struct plan_memory *memory = &plan->memory;
	int result = 0;

	for (size_t i = 0; i < LAST_RESORT_COUNT && result == 0; i++)
		result = last_resort_open(get_last_resort(memory, i), &memory->free);
	return result;
}

int plan_close_last_resorts(struct plan *plan)
{
	struct plan_memory *memory = &plan->memory;
	int error = 0;

	for (size_t i = 0; i < LAST_RESORT_COUNT && !error; i++)
		error = last_resort_close(get_last_resort(memory, i), &memory->free);
	return error;
}

int plan_reset_free(struct plan *plan, const struct range_set *all)
{
	struct plan_memory *memory = &plan->memory;
	int error;

	range_set_free(&memory->free);
	error = range_set_intersect(&memory->free, all, (struct range){0, UINT64_MAX});
	for (size_t i = 0; i < LAST_RESORT_COUNT && !error; i++)
		if (memory->last_resorts[i].open)
			error = range_set_add_all(&memory->free, &memory->last_resorts[i].ranges);
	return error;
}

int plan_reserve_hole(struct plan *plan, const struct hole_request *request, const char *purpose,
		      struct range *hole, const struct log *log)
{
	struct hole_request rounded;
	struct range found;
	int error;

	if (round_request(&rounded, plan, request))
		return log_error(log, -EOVERFLOW,
				 "the %s of %" PRIu64 " bytes is larger than the address space",
				 purpose, request->size);
	error = plan_find_hole(plan, &rounded, &found);
	while (error == -ENOSPC && plan_open_last_resort(plan) == 1)
		error = plan_find_hole(plan, &rounded, &found);
	if (error == -ENOSPC)
		return report_no_hole(plan, &rounded, purpose, log);
	if (!error)
		error = range_set_subtract(&plan->memory.free, found);
	if (error)
		return log_error(log, error, "out of memory while placing the %s", purpose);

	log_detail(log, "hole for the %s: 0x%" PRIx64 " to 0x%" PRIx64, purpose, found.start,
		   found.end);
	*hole = found;
	return 0;
}

int plan_add_segment(struct plan *plan, const struct segment *segment, const struct log *log)
{
	uint64_t memory_size;

	if (plan->segment_count == PLAN_SEGMENT_MAX)
		return log_error(log, -E2BIG,
				 "no room for segment %s: kexec_load takes %d segments at most; "
				 "use a kernel of fewer parts, such as an Image",
				 plan_role_name(segment->role), PLAN_SEGMENT_MAX);
	if (align_up(&memory_size, segment->memory_size, plan->memory.page_size))
		return log_error(log, -EOVERFLOW,
				 SEGMENT_FORMAT " is larger than the address space",
				 SEGMENT_ARGUMENTS(segment));

	plan->segments[plan->segment_count] = *segment;
	plan->segments[plan->segment_count].memory_size = memory_size;
	plan->segment_count++;
	return 0;
}

/* For qsort: the device tree first, then by address. */
static int compare_segments(const void *a, const void *b)
{
	const struct segment *left = a;
	const struct segment *right = b;

	if ((left->role == SEGMENT_DTB) != (right->role == SEGMENT_DTB))
		return left->role == SEGMENT_DTB ? -1 : 1;
	return (left->address > right->address) - (left->address < right->address);
}

void plan_order_segments(struct plan *plan)
{
	qsort(plan->segments, plan->segment_count, sizeof(*plan->segments), compare_segments);
}

static struct range segment_range(const struct segment *segment)
{
	return (struct range){segment->address, segment->address + segment->memory_size};
}

static int check_segment(const struct plan *plan, const struct segment *segment,
			 const struct log *log)
{
	uint64_t page_mask = plan->memory.page_size - 1;
	const char *broken = NULL;
	struct range range;

	if (range_make(&range, segment->address, segment->memory_size))
		broken = "ends beyond the address space";
	else if (!segment->memory_size)
		broken = "is empty";
	else if ((segment->address | segment->memory_size) & page_mask)
		broken = "is not a whole number of the running kernel's pages";
	else if (segment->size > segment->memory_size)
		broken = "is larger than its memory";
	else if (segment->covered > segment->memory_size)
		broken = "has less memory than the manifest is to cover";
	else if (!range_contain(plan->memory.bounds, range))
		return log_error(log, -EINVAL,
				 SEGMENT_FORMAT " lies outside 0x%" PRIx64 " to 0x%" PRIx64
						"; widen --mem-min and --mem-max",
				 SEGMENT_ARGUMENTS(segment), plan->memory.bounds.start,
				 last_address(plan->memory.bounds));
	if (broken)
		return log_error(log, -EINVAL, SEGMENT_FORMAT " %s; " REPORT_REMEDY,
				 SEGMENT_ARGUMENTS(segment), broken);
	return 0;
}

/* No user can cause this failure either, but writing there would be the worst of all faults. */
static int check_memory(const struct plan_memory *memory, const struct segment *segment,
			const struct log *log)
{
	const struct memory_map *map = memory->map;
	const struct range range = segment_range(segment);
	const struct range *reserved = range_set_find_overlap(&map->reserved, range);
	const char *what = "reserved";

	if (!range_set_contain(&map->ram, range))
		return log_error(log, -EINVAL, SEGMENT_FORMAT " lies outside RAM; " REPORT_REMEDY,
				 SEGMENT_ARGUMENTS(segment));
	if (!reserved && !memory->crash_region) {
		reserved = range_set_find_overlap(&map->crash, range);
		what = "kept for a crash kernel";
	}
	if (memory->crash_region && !range_contain(*memory->crash_region, range))
		return log_error(log, -EINVAL,
				 SEGMENT_FORMAT
				 " lies outside the crash kernel's region, 0x%" PRIx64
				 " to 0x%" PRIx64 "; " REPORT_REMEDY,
				 SEGMENT_ARGUMENTS(segment), memory->crash_region->start,
				 memory->crash_region->end);
	if (reserved)
		return log_error(log, -EINVAL,
				 SEGMENT_FORMAT " touches 0x%" PRIx64 " to 0x%" PRIx64
						", which is %s; " REPORT_REMEDY,
				 SEGMENT_ARGUMENTS(segment), reserved->start, reserved->end, what);
	return 0;
}

/* The same check by the device tree that is handed on. */
static int check_next_memory(const struct next_memory *next, const struct segment *segment,
			     const struct log *log)
{
	const struct range range = segment_range(segment);

	if (!range_set_contain(&next->usable, range))
		return log_error(log, -EINVAL,
				 SEGMENT_FORMAT " lies outside the memory that device tree %s lets "
						"the next kernel use; " REPORT_REMEDY,
				 SEGMENT_ARGUMENTS(segment), next->source);
	if ((segment->role != SEGMENT_DTB || next_memory_takes_dtb(next, range.start)) &&
	    (segment->role != SEGMENT_PURGATORY || next_memory_takes_code(next, range)))
		return 0;
	return log_error(log, -EINVAL,
			 SEGMENT_FORMAT
			 " lies too close to memory that no kernel maps; " REPORT_REMEDY,
			 SEGMENT_ARGUMENTS(segment));
}

/* Check segment @index against all before it. Their ends are known not to overflow. */
static int check_overlap(const struct plan *plan, size_t index, const struct log *log)
{
	const struct segment *segment = &plan->segments[index];
	size_t i;

	for (i = 0; i < index; i++) {
		const struct segment *other = &plan->segments[i];

		if (range_overlap(segment_range(segment), segment_range(other)))
			return log_error(log, -EINVAL,
					 SEGMENT_FORMAT " overlaps " SEGMENT_FORMAT
							"; " REPORT_REMEDY,
					 SEGMENT_ARGUMENTS(segment), SEGMENT_ARGUMENTS(other));
	}
	return 0;
}

/* Check that segments of @needed bytes leave the control pages in the region. */
static int check_control_pages(const struct plan_memory *memory, uint64_t needed,
			       const struct log *log)
{
	const uint64_t kept = CRASH_CONTROL_PAGES * memory->page_size;

	if (!memory->crash_region || needed + kept <= range_size(*memory->crash_region))
		return 0;
	return log_error(log, -ENOSPC,
			 "the segments need %" PRIu64 " of the %" PRIu64 " bytes of the crash "
			 "kernel's region, in which the running kernel needs %" PRIu64
			 ": boot with a larger crashkernel=, or use a smaller initrd",
			 needed, range_size(*memory->crash_region), kept);
}

/*
 * Check the limit. Segments without overlap fill at most the address space, so the sum cannot
 * overflow.
 */
static int check_limit(const struct plan *plan, const struct log *log)
{
	const struct segment *largest = &plan->segments[0];
	uint64_t needed = 0;
	size_t i;

	for (i = 0; i < plan->segment_count; i++) {
		needed += plan->segments[i].memory_size;
		if (plan->segments[i].memory_size > largest->memory_size)
			largest = &plan->segments[i];
	}
	if (needed <= plan->memory.load_limit)
		return check_control_pages(&plan->memory, needed, log);
	return log_error(log, -ENOSPC,
			 "the segments need %" PRIu64 " bytes, but kexec_load takes %" PRIu64
			 " at most (half of RAM); the largest is " SEGMENT_FORMAT
			 ": load a smaller one",
			 needed, plan->memory.load_limit, SEGMENT_ARGUMENTS(largest));
}

static bool touches(const struct plan *plan, const struct range_set *ranges)
{
	for (size_t i = 0; i < plan->segment_count; i++)
		if (range_set_find_overlap(ranges, segment_range(&plan->segments[i])))
			return true;
	return false;
}

static void warn_of_last_resorts(const struct plan *plan, const struct log *log)
{
	const struct plan_memory *memory = &plan->memory;
	const struct page_check *check = memory->page_check;

	for (size_t i = 0; i < LAST_RESORT_COUNT; i++)
		if (memory->last_resorts[i].warning &&
		    touches(plan, &memory->last_resorts[i].ranges))
			log_warning(log, "%s", memory->last_resorts[i].warning);
	if (!check)
		return;
	if (touches(plan, &check->kernel.ranges))
		log_warning(log, "%s", check->kernel.warning);
	if (check->exhausted)
		log_debug(log, "/proc/kpageflags: not all pages were looked at: devices may still "
			       "write to some of the memory taken");
}

int plan_check(const struct plan *plan, const struct log *log)
{
	size_t i;
	int result = 0;

	/* The system call would take a load without segments for an unload. */
	if (!plan->segment_count)
		return log_error(log, -EINVAL, "the plan has no segments; " REPORT_REMEDY);

	for (i = 0; i < plan->segment_count && !result; i++) {
		result = check_segment(plan, &plan->segments[i], log);
		if (!result)
			result = check_memory(&plan->memory, &plan->segments[i], log);
		if (!result)
			result = check_next_memory(plan->memory.next, &plan->segments[i], log);
		if (!result)
			result = check_overlap(plan, i, log);
	}
	if (!result)
		result = check_limit(plan, log);
	if (!result)
		warn_of_last_resorts(plan, log);
	return result;
}

void plan_free(struct plan *plan)
{
	range_set_free(&plan->memory.free);
	for (size_t i = 0; i < LAST_RESORT_COUNT; i++)
		last_resort_free(&plan->memory.last_resorts[i]);
	cost_map_free(&plan->memory.costs);
}
