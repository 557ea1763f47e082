/* SPDX-License-Identifier: GPL-2.0-only */
/* Prices of memory, from /proc/zoneinfo and page flags. */
#include "machine/page_allocator.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arch/arch.h"
#include "machine/zones.h"

/*
 * The size of a block, whose pages are counted together, in bytes. With pages of 4 KiB the
 * allocator groups memory in such blocks too.
 */
#define BLOCK_SIZE (UINT64_C(2) << 20)

/*
 * Only this many pages of each block are looked at, in runs at equal distances, because looking at
 * all pages takes the kernel longer than a load.
 */
#define SAMPLE_RUNS  4U
#define SAMPLE_PAGES 64U

/* At most this many blocks are looked at: 8 GiB, whose flags take 2 MiB. */
#define BLOCKS_MAX 4096U

/*
 * ACPI's name of the first memory device that can be plugged in. If there are such devices, it
 * exists.
 */
#define MEMORY_DEVICE "/sys/bus/acpi/devices/PNP0C80:00/hid"

/* Where the low zone is taken to end if nothing tells about zones. */
#define LOW_ZONE_END (UINT64_C(4) << 30)

/*
 * The density of a block is the share of its pages that should not be used, in parts of
 * SHARE_WHOLE, times a weight of up to WEIGHT_MAX.
 */
#define SHARE_WHOLE SAMPLE_PAGES
#define WEIGHT_MAX  64U

/*
 * The share of a block to avoid. It counts as a whole one, but never gets cheap inside of a run of
 * free memory.
 */
#define SHARE_AVOIDED (SHARE_WHOLE - 1)

_Static_assert(SHARE_WHOLE *WEIGHT_MAX <= COST_MAP_DENSITY_MAX, "a density's limit");

/* The share of memory that is used only if nothing else will do. */
#define SHARE_MOST COST_MAP_DENSITY_MAX

_Static_assert(SHARE_MOST > SHARE_WHOLE, "the shares of blocks are below it");

/* Memory of one kind. */
struct piece {
	struct range range;
	bool reached; /* the page allocator may hand it out */
};

/* Shares of blocks, by address: a cost map whose densities are still shares. */
struct survey {
	const struct page_allocator_request *request;
	const struct range_set *reached;
	bool spare_reached; /* memory that is not reached is enough for the load */
	struct cost_map shares;
	bool readable;	     /* the flags of more blocks may be read */
	unsigned int blocks; /* that were looked at */
	uint64_t kept;	     /* bytes that may be handed out, or that are the kernel's */
};

/*
 * The zones to assume if nothing tells about them: one below 4 GiB and one above, each half free.
 */
static int guess_zones(struct zones *zones, const struct memory_map *map)
{
	const struct range ranges[] = {{0, LOW_ZONE_END}, {LOW_ZONE_END, UINT64_MAX}};

	*zones = (struct zones){.zones = calloc(2, sizeof(*zones->zones))};
	if (!zones->zones)
		return -ENOMEM;
	for (size_t i = 0; i < 2; i++) {
		struct zone *zone = &zones->zones[zones->count];
		struct range_set ram = {0};
		int error = range_set_intersect(&ram, &map->ram, ranges[i]);

		if (error)
			return error;
		*zone = (struct zone){
			.name = "guessed",
			.range = ranges[i],
			.available = range_set_size(&ram) / 2,
		};
		zones->count += ram.count > 0;
		range_set_free(&ram);
	}
	return 0;
}

/* Collect the candidates that lie in zones that are reached in @reached. */
static int find_reached(struct range_set *reached, const struct page_allocator_request *request,
			const struct zones *zones, const struct log *log)
{
	bool *is_reached = calloc(zones->count + 1, sizeof(*is_reached));
	int error = is_reached ? 0 : -ENOMEM;

	if (!error)
		zones_find_reached(zones, request->needed, is_reached);
	for (size_t i = 0; i < zones->count && !error; i++) {
		const struct zone *zone = &zones->zones[i];
		struct range_set part = {0};

		log_detail(log,
			   "zone %s of node %u, 0x%" PRIx64 " to 0x%" PRIx64 ": %" PRIu64
			   " KiB to be handed out, %s",
			   zone->name, zone->node, zone->range.start, zone->range.end,
			   zone->available / 1024,
			   is_reached[i] ? "source pages come from here" : "not reached");
		if (!is_reached[i])
			continue;
		error = range_set_intersect(&part, request->candidates, zone->range);
		for (size_t j = 0; j < part.count && !error; j++)
			error = range_set_add(reached, part.ranges[j]);
		range_set_free(&part);
	}
	free(is_reached);
	return error;
}

/* Check whether all candidates lie in zones from which source pages may come. */
static int find_zoned(bool *zoned, const struct range_set *candidates, const struct zones *zones)
{
	struct range_set rest = {0};
	int error;

	error = range_set_intersect(&rest, candidates, (struct range){0, UINT64_MAX});
	for (size_t i = 0; i < zones->count && !error; i++)
		if (zone_has_source_pages(&zones->zones[i]))
			error = range_set_subtract(&rest, zones->zones[i].range);
	*zoned = rest.count == 0;
	range_set_free(&rest);
	return error;
}

/* The largest candidate that is not reached. */
static int find_largest_unreached(uint64_t *size, const struct range_set *candidates,
				  const struct range_set *reached)
{
	struct range_set unreached = {0};
	int error;

	error = range_set_intersect(&unreached, candidates, (struct range){0, UINT64_MAX});
	if (!error)
		error = range_set_subtract_all(&unreached, reached);
	*size = range_size(range_set_largest(&unreached));
	range_set_free(&unreached);
	return error;
}

/* What the pages of a block that were looked at are. */
struct sample {
	uint32_t pages;	 /* that were looked at */
	uint32_t free;	 /* those of them that may be handed out */
	uint32_t kernel; /* those of them that must not be written to */
};

/* Look at the pages of @run; false where their flags cannot be read. */
static bool sample_run(struct sample *sample, const struct survey *survey, struct range run)
{
	const size_t count = range_size(run) / survey->request->page_size;
	enum page_use uses[SAMPLE_PAGES];

	if (page_flags_look(survey->request->flags, run.start, count, uses) != (ssize_t)count)
		return false;
	for (size_t i = 0; i < count; i++) {
		sample->pages++;
		sample->free += uses[i] == PAGE_FREE;
		sample->kernel += uses[i] == PAGE_KERNEL || uses[i] == PAGE_BROKEN;
	}
	return true;
}

/*
 * Look at a block; false if that is not possible. Then it is not possible for any block above
 * either.
 */
static bool sample_block(struct sample *sample, struct survey *survey, struct range block)
{
	const uint64_t page_size = survey->request->page_size;
	const uint64_t pages = range_size(block) / page_size;
	const unsigned int runs = pages > SAMPLE_PAGES ? SAMPLE_RUNS : 1;
	const uint64_t size = pages > SAMPLE_PAGES ? SAMPLE_PAGES / SAMPLE_RUNS : pages;

	*sample = (struct sample){0};
	for (unsigned int i = 0; i < runs && survey->readable; i++) {
		const uint64_t start = block.start + pages * i / runs * page_size;

		survey->readable =
			sample_run(sample, survey, (struct range){start, start + size * page_size});
	}
	if (!survey->readable)
		return false;
	survey->blocks++;
	survey->readable = survey->blocks < BLOCKS_MAX;
	return true;
}

/*
 * The share of a block that is not looked at. If no flags can be read at all, the block counts as
 * free. Blocks that are not reached are checked when they are chosen.
 */
static uint32_t guess_share(const struct survey *survey, const struct piece *block)
{
	if (!block->reached || range_contain(survey->request->map->kernel, block->range))
		return 0;
	return survey->blocks ? SHARE_AVOIDED : SHARE_WHOLE;
}

/*
 * The share of a block that should not be used. A block that has any page of the kernel's is
 * avoided as a whole, because more such pages are likely in it.
 */
static uint32_t find_share(struct survey *survey, const struct piece *block)
{
	struct sample sample;

	if (block->reached && survey->spare_reached)
		return SHARE_MOST;
	if (!sample_block(&sample, survey, block->range) || !sample.pages)
		return guess_share(survey, block);
	if (sample.kernel)
		return SHARE_AVOIDED;
	if (!block->reached)
		return 0;
	return (sample.free * SHARE_WHOLE + sample.pages - 1) / sample.pages;
}

/*
 * The end of the block that begins at @start. Memory that is not looked at is divided only at the
 * ends of the kernel's image.
 */
static uint64_t block_end(const struct survey *survey, uint64_t start)
{
	const struct range kernel = survey->request->map->kernel;
	uint64_t end;

	if (survey->readable)
		return __builtin_add_overflow(align_down(start, BLOCK_SIZE), BLOCK_SIZE, &end)
			       ? UINT64_MAX
			       : end;
	if (start < kernel.start)
		return kernel.start;
	return start < kernel.end ? kernel.end : UINT64_MAX;
}

/* Add the shares of the blocks of one piece. */
static int survey_piece(struct survey *survey, const struct piece *piece)
{
	struct piece block = {{piece->range.start, piece->range.start}, piece->reached};
	int error = 0;

	while (block.range.end < piece->range.end && !error) {
		uint32_t share;

		block.range.start = block.range.end;
		block.range.end = block_end(survey, block.range.start);
		if (block.range.end > piece->range.end)
			block.range.end = piece->range.end;
		share = find_share(survey, &block);
		error = cost_map_add(&survey->shares, block.range, share);
		if (share == SHARE_AVOIDED)
			share = SHARE_WHOLE;
		if (share <= SHARE_WHOLE)
			survey->kept += range_size(block.range) / SHARE_WHOLE * share;
	}
	return error;
}

/*
 * The piece of @range that begins at @start. @reached points to the first reached range from there
 * on.
 */
static struct piece cut_piece(uint64_t start, struct range range, const struct range_set *reached,
			      size_t *next)
{
	struct range from_here;

	while (*next < reached->count && reached->ranges[*next].end <= start)
		(*next)++;
	if (*next == reached->count)
		return (struct piece){{start, range.end}, false};
	from_here = range_clip(reached->ranges[*next], (struct range){start, range.end});
	if (range_size(from_here) && from_here.start == start)
		return (struct piece){from_here, true};
	return (struct piece){{start, range_size(from_here) ? from_here.start : range.end}, false};
}

static int survey_candidates(struct survey *survey)
{
	const struct range_set *candidates = survey->request->candidates;
	size_t next = 0;
	int error = 0;

	for (size_t i = 0; i < candidates->count && !error; i++) {
		const struct range range = candidates->ranges[i];
		struct piece piece = {{range.start, range.start}, false};

		while (piece.range.end < range.end && !error) {
			piece = cut_piece(piece.range.end, range, survey->reached, &next);
			error = survey_piece(survey, &piece);
		}
	}
	return error;
}

/*
 * The weight inside of a run of free memory, @distance bytes from its nearer end. The allocator
 * most often continues at an end of free memory, beside the memory that was in use when it was
 * there last.
 */
static uint32_t find_weight(uint64_t distance, uint64_t needed)
{
	const uint64_t parts = needed / WEIGHT_MAX + distance / (WEIGHT_MAX / 4);
	const uint64_t weight = parts ? needed / parts : 0;

	return weight ? (uint32_t)weight : 1;
}

/* The distance of @address from the nearer end of the run that it lies in. */
static uint64_t find_distance(uint64_t address, struct range run)
{
	const uint64_t below = address - run.start;
	const uint64_t above = run.end - address;

	return below < above ? below : above;
}

/* Price a run of blocks that are free as a whole, in steps that are small at its ends. */
static int price_run(struct cost_map *costs, struct range run, uint64_t needed)
{
	struct range step = {run.start, run.start};
	int error = 0;

	while (step.end < run.end && !error) {
		uint64_t size, distance;

		step.start = step.end;
		size = align_down(find_distance(step.start, run) / 4, BLOCK_SIZE);
		if (size < BLOCK_SIZE)
			size = BLOCK_SIZE;
		if (size > run.end - step.start)
			size = run.end - step.start;
		step.end = step.start + size;
		distance = find_distance(step.start + size / 2, run);
		error = cost_map_add(costs, step, SHARE_WHOLE * find_weight(distance, needed));
	}
	return error;
}

/* Turn shares into prices. */
static int price(struct cost_map *costs, const struct cost_map *shares, uint64_t needed)
{
	int error = 0;

	for (size_t i = 0; i < shares->count && !error; i++) {
		const struct cost_map_entry *entry = &shares->entries[i];

		if (entry->density == SHARE_MOST)
			error = cost_map_add(costs, entry->range, COST_MAP_DENSITY_MAX);
		else if (entry->density == SHARE_WHOLE)
			error = price_run(costs, entry->range, needed);
		else
			error = cost_map_add(costs, entry->range, entry->density * WEIGHT_MAX);
	}
	return error;
}

static void log_survey(const struct survey *survey, const struct log *log)
{
	log_detail(log,
		   "page flags: %u blocks of 2 MiB seen; of %" PRIu64 " KiB in reach %" PRIu64
		   " KiB may be handed out or are the kernel's",
		   survey->blocks, range_set_size(survey->reached) / 1024, survey->kept / 1024);
}

static int price_candidates(struct cost_map *costs, const struct page_allocator_request *request,
			    const struct range_set *reached, uint64_t largest_unreached,
			    const struct log *log)
{
	struct survey survey = {
		.request = request,
		.reached = reached,
		.spare_reached = largest_unreached >= request->needed,
		.readable = request->flags,
	};
	int error = survey_candidates(&survey);

	if (!error)
		error = price(costs, &survey.shares, request->needed);
	if (!error)
		log_survey(&survey, log);
	cost_map_free(&survey.shares);
	return error;
}

static int read_costs(struct cost_map *costs, const struct page_allocator_request *request,
		      const struct zones *zones, const struct log *log)
{
	struct range_set reached = {0};
	uint64_t unreached = 0;
	bool zoned;
	int error = find_zoned(&zoned, request->candidates, zones);

	if (!error && !zoned) {
		log_detail(log, "some memory is movable or offline: nothing has a price");
		return 0;
	}
	if (!error)
		error = find_reached(&reached, request, zones, log);
	if (!error)
		error = find_largest_unreached(&unreached, request->candidates, &reached);
	if (!error)
		error = price_candidates(costs, request, &reached, unreached, log);
	range_set_free(&reached);
	return error;
}

/*
 * True if memory may have been plugged in after boot. To the next kernel that is no RAM until its
 * ACPI is up, so its image cannot lie there.
 */
static bool has_memory_devices(const struct sysroot *sysroot)
{
	const int descriptor = sysroot_open_descriptor(sysroot, MEMORY_DEVICE, 0);

	if (descriptor >= 0)
		close(descriptor);
	return descriptor >= 0;
}

int page_allocator_read(struct cost_map *costs, const struct page_allocator_request *request,
			const struct sysroot *sysroot, const struct log *log)
{
	struct zones zones;
	int error;

	if (has_memory_devices(sysroot)) {
		log_detail(log, "memory can be plugged in: nothing has a price");
		return 0;
	}
	error = zones_read(&zones, request->page_size, sysroot);
	if (error && error != -ENOMEM)
		error = guess_zones(&zones, request->map);
	if (!error)
		error = read_costs(costs, request, &zones, log);
	zones_free(&zones);
	return error ? log_error(log, error, "out of memory while looking at the page allocator")
		     : 0;
}
