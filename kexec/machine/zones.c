/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /proc/zoneinfo (zoneinfo_show_print() in mm/vmstat.c): for each zone of each node a line "Node 0,
 * zone   Normal", and below it lines of a name and a number of pages. Empty zones are in it too.
 */
#include "machine/zones.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ZONEINFO "/proc/zoneinfo"

/* One zone as it stands in the file, in pages. */
struct zone_lines {
	unsigned int node;
	char name[16];
	uint64_t free;
	uint64_t free_cma; /* the free pages that only movable allocations may have */
	uint64_t low;	   /* the watermark below which the next zone is tried */
	/*
	 * The pages kept from allocations that a higher zone could serve, by the index of that
	 * zone.
	 */
	uint64_t protection[ZONES_PER_NODE_MAX];
	uint64_t start;
	uint64_t spanned;
};

/* The zones of the file, while it is read. */
struct zoneinfo {
	struct zone_lines *zones;
	size_t count;
	size_t capacity;
};

static int begin_zone(struct zoneinfo *info, unsigned int node, const char *name)
{
	if (info->count == info->capacity) {
		const size_t capacity = info->capacity ? info->capacity * 2 : 16;
		struct zone_lines *moved =
			reallocarray(info->zones, capacity, sizeof(*info->zones));

		if (!moved)
			return -ENOMEM;
		info->zones = moved;
		info->capacity = capacity;
	}
	info->zones[info->count] = (struct zone_lines){.node = node};
	snprintf(info->zones[info->count].name, sizeof(info->zones->name), "%s", name);
	info->count++;
	return 0;
}

/* "(0, 0, 1988, 1988)" */
static void parse_protection(struct zone_lines *zone, const char *list)
{
	for (size_t i = 0; i < ZONES_PER_NODE_MAX; i++) {
		char *end;

		list += strspn(list, "(, ");
		zone->protection[i] = strtoull(list, &end, 10);
		if (end == list)
			return;
		list = end;
	}
}

static int parse_line(struct zoneinfo *info, const char *line)
{
	struct zone_lines *zone = info->count ? &info->zones[info->count - 1] : NULL;
	unsigned int node;
	uint64_t value;
	char name[16];

	if (sscanf(line, "Node %u, zone %15s", &node, name) == 2)
		return begin_zone(info, node, name);
	if (!zone)
		return 0;
	if (sscanf(line, " pages free %" SCNu64, &value) == 1)
		zone->free = value;
	else if (sscanf(line, " low %" SCNu64, &value) == 1)
		zone->low = value;
	else if (sscanf(line, " spanned %" SCNu64, &value) == 1)
		zone->spanned = value;
	else if (sscanf(line, " nr_free_cma %" SCNu64, &value) == 1)
		zone->free_cma = value;
	else if (sscanf(line, " start_pfn: %" SCNu64, &value) == 1)
		zone->start = value;
	else if (strncmp(line + strspn(line, " "), "protection:", 11) == 0)
		parse_protection(zone, strchr(line, ':') + 1);
	return 0;
}

static int read_lines(struct zoneinfo *info, FILE *stream)
{
	size_t capacity = 0;
	char *line = NULL;
	int error = 0;

	while (!error && getline(&line, &capacity, stream) > 0)
		error = parse_line(info, line);
	free(line);
	return error || feof(stream) ? error : -EIO;
}

/*
 * The index of "Normal" among the zones of a node: kexec_load(2)'s GFP_HIGHUSER asks for this zone
 * on kernels without high memory, which all 64-bit kernels are. The kernels of both architectures
 * have it, although it may be empty.
 */
static size_t find_normal(const struct zoneinfo *info)
{
	for (size_t i = 0; i < info->count && i < ZONES_PER_NODE_MAX; i++)
		if (strcmp(info->zones[i].name, "Normal") == 0)
			return i;
	return 0;
}

/*
 * The pages that the allocator takes from a zone before it turns to the next
 * (zone_watermark_fast()).
 */
static uint64_t available_pages(const struct zone_lines *zone, size_t normal)
{
	const uint64_t kept[] = {zone->low, zone->protection[normal], zone->free_cma};
	uint64_t pages = zone->free;

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		pages -= kept[i] < pages ? kept[i] : pages;
	return pages;
}

/* Convert pages to bytes; false if the zone would not fit into the address space. */
static bool make_zone(struct zone *zone, const struct zone_lines *lines, size_t normal,
		      uint64_t page_size)
{
	uint64_t start, size;

	if (!lines->spanned || __builtin_mul_overflow(lines->start, page_size, &start) ||
	    __builtin_mul_overflow(lines->spanned, page_size, &size) ||
	    range_make(&zone->range, start, size) ||
	    __builtin_mul_overflow(available_pages(lines, normal), page_size, &zone->available))
		return false;
	zone->node = lines->node;
	memcpy(zone->name, lines->name, sizeof(zone->name));
	return true;
}

static int make_zones(struct zones *zones, const struct zoneinfo *info, uint64_t page_size)
{
	const size_t normal = find_normal(info);

	zones->zones = calloc(info->count ? info->count : 1, sizeof(*zones->zones));
	if (!zones->zones)
		return -ENOMEM;
	for (size_t i = 0; i < info->count; i++)
		if (make_zone(&zones->zones[zones->count], &info->zones[i], normal, page_size))
			zones->count++;
	return zones->count ? 0 : -EINVAL;
}

int zones_read(struct zones *zones, uint64_t page_size, const struct sysroot *sysroot)
{
	FILE *stream = sysroot_open(sysroot, ZONEINFO);
	struct zoneinfo info = {0};
	int error;

	*zones = (struct zones){0};
	if (!stream)
		return -errno;
	error = read_lines(&info, stream);
	fclose(stream);
	if (!error)
		error = make_zones(zones, &info, page_size);
	free(info.zones);
	if (error)
		zones_free(zones);
	return error;
}

bool zone_has_source_pages(const struct zone *zone)
{
	return strcmp(zone->name, "Movable") != 0 && strcmp(zone->name, "Device") != 0;
}

/* Do the same for one node, whose highest zone is @last. False if the node does not have enough. */
static bool find_reached_of_node(const struct zones *zones, size_t last, uint64_t size,
				 bool *reached)
{
	for (size_t i = last + 1; i-- > 0 && size > 0;) {
		const struct zone *zone = &zones->zones[i];

		if (zone->node != zones->zones[last].node)
			break;
		if (!zone_has_source_pages(zone))
			continue;
		reached[i] = true;
		size -= zone->available < size ? zone->available : size;
	}
	return size == 0;
}

void zones_find_reached(const struct zones *zones, uint64_t size, bool *reached)
{
	bool enough = true;

	memset(reached, 0, zones->count * sizeof(*reached));
	for (size_t i = 0; i < zones->count; i++)
		if (i + 1 == zones->count || zones->zones[i + 1].node != zones->zones[i].node)
			enough = find_reached_of_node(zones, i, size, reached) && enough;
	for (size_t i = 0; i < zones->count && !enough; i++)
		reached[i] = zone_has_source_pages(&zones->zones[i]);
}

void zones_free(struct zones *zones)
{
	free(zones->zones);
	*zones = (struct zones){0};
}
