/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds the console zone of ramoops.
 */
#include "machine/ramoops.h"

#include <inttypes.h>
#include <libfdt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devicetree/fdt_query.h"
#include "machine/command_line.h"

#define PARAMETERS "/sys/module/ramoops/parameters/"

/* The page size of purgatory's tables. */
#define PAGE_SIZE 4096

/* What a zone begins with: struct persistent_ram_buffer in fs/pstore/ram_core.c. */
#define HEADER_SIZE 12

/* MEM_TYPE_* of fs/pstore/ram_core.c. */
static const enum map_intent intents[] = {MAP_WRITE_COMBINE, MAP_UNCACHED, MAP_DATA};

#define INTENT_COUNT (sizeof(intents) / sizeof(intents[0]))

/* The driver rounds all sizes down to a power of two. */
static uint64_t round_down(uint64_t size)
{
	return size ? UINT64_C(1) << (63 - __builtin_clzll(size)) : 0;
}

/*
 * The bytes that zones for dumps take, which come first: as many as fit beside the @others. From
 * Linux 6.8 on the size of each is rounded down to an even number.
 */
static const char *measure_dumps(uint64_t *size, uint64_t region, uint64_t others, uint64_t record)
{
	const uint64_t room = region - others;
	uint64_t count;

	*size = 0;
	if (others > region)
		return "its zones do not fit into it";
	if (!room || !record)
		return NULL;
	count = room / record;
	if (!count)
		return "there is no room for a dump";
	if (room / count % 2)
		return "where its zones begin depends on the kernel's version";
	*size = room / count * count;
	return NULL;
}

const char *ramoops_place_console(struct ramoops_zone *zone,
				  const struct ramoops_settings *settings)
{
	const uint64_t console = round_down(settings->console_size);
	const uint64_t ftrace = round_down(settings->ftrace_size);
	const uint64_t pmsg = round_down(settings->pmsg_size);
	const char *reason;
	uint64_t dumps;

	*zone = (struct ramoops_zone){.range = {0, 0}};
	if (settings->ecc_size)
		return "it has error correction";
	if (settings->memory_type >= INTENT_COUNT)
		return "its memory type is unknown";
	if (console <= HEADER_SIZE)
		return "it has no console zone";
	if (console > INT_MAX || ftrace > INT_MAX || pmsg > INT_MAX)
		return "its zones do not fit into it";
	reason = measure_dumps(&dumps, range_size(settings->region), console + ftrace + pmsg,
			       round_down(settings->record_size));
	if (reason)
		return reason;
	if ((settings->region.start + dumps) % 4)
		return "its console zone is not aligned";
	zone->range.start = settings->region.start + dumps;
	zone->range.end = zone->range.start + console;
	zone->intent = intents[settings->memory_type];
	return NULL;
}

struct range ramoops_pages(const struct ramoops_zone *zone)
{
	struct range pages = {align_down(zone->range.start, PAGE_SIZE), zone->range.end};

	if (align_up(&pages.end, pages.end, PAGE_SIZE))
		pages.end = align_down(UINT64_MAX, PAGE_SIZE);
	return pages;
}

/* The driver's node, or -1. */
static int find_node(const void *fdt)
{
	int node = -1;

	if (!fdt)
		return -1;
	do
		node = fdt_node_offset_by_compatible(fdt, node, "ramoops");
	while (node >= 0 && !fdt_query_available(fdt, node));
	return node;
}

/* The region of the node. Returns false if it has no address, because the kernel chose one. */
static bool read_region(struct range *region, const void *fdt, int node)
{
	const int parent = fdt_parent_offset(fdt, node);
	struct range_set ranges = {0};
	bool found;

	found = (parent == 0 ? fdt_query_ranges(fdt, node, "reg", &ranges)
			     : fdt_query_translated_ranges(fdt, node, "reg", &ranges)) == 0 &&
		ranges.count == 1;
	if (found)
		*region = ranges.ranges[0];
	range_set_free(&ranges);
	return found;
}

static uint64_t read_cell(const void *fdt, int node, const char *name, uint32_t value)
{
	fdt_query_u32(fdt, node, name, &value);
	return value;
}

/*
 * Read the node, as ramoops_parse_dt() does. A node outside of /reserved-memory, as older
 * Chromebooks have it, says no more than the size of a record.
 */
static void read_node(struct ramoops_settings *settings, const void *fdt, int node)
{
	const int reserved = fdt_path_offset(fdt, "/reserved-memory");
	const bool unbuffered = fdt_getprop(fdt, node, "unbuffered", NULL);

	*settings = (struct ramoops_settings){
		.region = settings->region,
		.record_size = read_cell(fdt, node, "record-size", 0),
		.console_size = read_cell(fdt, node, "console-size", 0),
		.ftrace_size = read_cell(fdt, node, "ftrace-size", 0),
		.pmsg_size = read_cell(fdt, node, "pmsg-size", 0),
		.ecc_size = read_cell(fdt, node, "ecc-size", 0),
		.memory_type = read_cell(fdt, node, "mem-type", unbuffered),
	};
	if (fdt_parent_offset(fdt, node) != reserved && !settings->console_size &&
	    !settings->ftrace_size && !settings->pmsg_size && !settings->ecc_size) {
		settings->console_size = settings->record_size;
		settings->pmsg_size = settings->record_size;
	}
}

/* Where the module's parameters are read. */
struct parameters {
	const struct sysroot *sysroot;
	char *command_line; /* NULL: the module is loaded, and sysfs has them; owned */
};

/* The number that the whole word is; else @otherwise. */
static uint64_t parse_parameter(const char *word, size_t length, uint64_t otherwise)
{
	char *end;
	const uint64_t value = strtoull(word, &end, 0);

	return end == word + length ? value : otherwise;
}

static uint64_t read_parameter(const struct parameters *parameters, const char *name,
			       uint64_t otherwise)
{
	uint64_t value = otherwise;
	char path[128], *text;
	size_t size, length;
	const char *word;

	if (parameters->command_line) {
		snprintf(path, sizeof(path), "ramoops.%s=", name);
		word = command_line_value(parameters->command_line, path, &length);
		return word ? parse_parameter(word, length, otherwise) : otherwise;
	}
	snprintf(path, sizeof(path), PARAMETERS "%s", name);
	if (sysroot_read(parameters->sysroot, path, &text, &size) == 0) {
		value = strtoull(text, NULL, 10);
		free(text);
	}
	return value;
}

/* Read the parameters, with the defaults of fs/pstore/ram.c. */
static void read_parameters(struct ramoops_settings *settings, const struct parameters *parameters)
{
	const uint64_t address = read_parameter(parameters, "mem_address", 0);
	const uint64_t size = read_parameter(parameters, "mem_size", 0);

	*settings = (struct ramoops_settings){
		.record_size = read_parameter(parameters, "record_size", 4096),
		.console_size = read_parameter(parameters, "console_size", 4096),
		.ftrace_size = read_parameter(parameters, "ftrace_size", 4096),
		.pmsg_size = read_parameter(parameters, "pmsg_size", 4096),
		.ecc_size = read_parameter(parameters, "ecc", 0),
		.memory_type = read_parameter(parameters, "mem_type", 0),
	};
	if (range_make(&settings->region, address, size))
		settings->region = (struct range){0, 0};
}

/*
 * Take the node's settings instead of the parameters, unless the driver has another region. When it
 * has found its region, it sets the parameters for region and sizes even if it has them from the
 * node, but not those for memory type and error correction. A region whose address the kernel chose
 * is known by them alone.
 */
static void prefer_node(struct ramoops_settings *settings, const void *fdt, int node, bool loaded)
{
	struct range region = {0, 0};
	const bool fixed = read_region(&region, fdt, node);

	if (!loaded || (fixed && !range_size(settings->region)))
		settings->region = region;
	if (!fixed || settings->region.start == region.start)
		read_node(settings, fdt, node);
}

/* Read what the driver is told. Returns false if there is no region. */
static bool read_settings(struct ramoops_settings *settings, const struct devicetree *tree,
			  const struct sysroot *sysroot)
{
	struct parameters parameters = {.sysroot = sysroot};
	const int node = find_node(tree->fdt);
	char *text = NULL;
	size_t size;
	const bool loaded = sysroot_read(sysroot, PARAMETERS "mem_size", &text, &size) == 0;

	free(text);
	if (!loaded && sysroot_read(sysroot, "/proc/cmdline", &parameters.command_line, &size))
		parameters.command_line = NULL;
	read_parameters(settings, &parameters);
	if (node >= 0)
		prefer_node(settings, tree->fdt, node, loaded);
	free(parameters.command_line);
	return range_size(settings->region) > 0;
}

/* Check that nothing but ramoops uses the zone's pages. Returns NULL, or why that is not so. */
static const char *check_pages(const struct ramoops_zone *zone, struct range region,
			       const struct memory_map *memory)
{
	const struct range pages = ramoops_pages(zone);

	if (!range_contain(region, pages))
		return "it shares a page with something else";
	if (range_set_find_overlap(&memory->ram, pages) &&
	    !range_set_contain(&memory->reserved, pages))
		return "nothing reserves its memory";
	return NULL;
}

void ramoops_find(struct ramoops_zone *zone, const struct devicetree *tree,
		  const struct memory_map *memory, const struct sysroot *sysroot,
		  const struct log *log)
{
	struct ramoops_settings settings;
	const char *reason;

	*zone = (struct ramoops_zone){.range = {0, 0}};
	if (!read_settings(&settings, tree, sysroot))
		return;
	reason = ramoops_place_console(zone, &settings);
	if (!reason)
		reason = check_pages(zone, settings.region, memory);
	if (reason) {
		*zone = (struct ramoops_zone){.range = {0, 0}};
		log_debug(log,
			  "pstore: purgatory leaves ramoops at 0x%" PRIx64 " alone, because %s",
			  settings.region.start, reason);
		return;
	}
	log_debug(log,
		  "pstore: purgatory appends to the console zone at 0x%" PRIx64 ", %" PRIu64
		  " bytes",
		  zone->range.start, range_size(zone->range));
}
