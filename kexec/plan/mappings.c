/* SPDX-License-Identifier: GPL-2.0-only */
/* The mappings of purgatory's page tables. */
#include "plan/mappings.h"

#include <errno.h>
#include <inttypes.h>

/*
 * Map the physical @range: at its addresses in the linear map @alias, or if that is NULL, at the
 * same addresses.
 */
static int add(struct mappings *mappings, struct range range, const struct linear_map *alias,
	       enum map_intent intent, const char *name, const struct log *log)
{
	const struct physical_address start = {range.start};
	const struct virtual_address at =
		alias ? linear_map_address(alias, start) : identity_address(start);

	if (range_size(range) == 0)
		return 0;
	if (mappings->count == MAPPINGS_MAX)
		return log_error(log, -E2BIG, "page tables: no room for the mapping of the %s",
				 name);
	mappings->list[mappings->count++] = (struct mapping){
		.virtual_address = at.value,
		.physical_address = start.value,
		.size = range_size(range),
		.intent = intent,
		.name = name,
	};
	return 0;
}

/* Purgatory's segments keep their permissions. It only reads the others. */
static enum map_intent segment_intent(const struct segment *segment)
{
	if (segment->role != SEGMENT_PURGATORY)
		return MAP_PAYLOAD;
	if (segment->permissions & SEGMENT_EXECUTE)
		return MAP_CODE;
	return segment->permissions & SEGMENT_WRITE ? MAP_DATA : MAP_RODATA;
}

/*
 * Add one segment. Zeros after its data are mapped only as far as the manifest covers them, because
 * purgatory reads no more and the running kernel's pages may be larger than ours.
 */
static int add_segment(struct mappings *mappings, const struct segment *segment, struct range guard,
		       const struct linear_map *alias, const struct log *log)
{
	const enum map_intent intent = segment_intent(segment);
	const char *name = plan_role_name(segment->role);
	const uint64_t size = segment->covered > segment->size ? segment->covered : segment->size;
	struct range range, below, above;
	int error;

	if (range_make(&range, segment->address, size) ||
	    align_up(&range.end, range.end, MAPPING_PAGE_SIZE))
		return log_error(log, -EOVERFLOW,
				 "page tables: the %s at 0x%" PRIx64
				 " ends beyond the address space",
				 name, segment->address);
	if (!range_contain(range, guard))
		return add(mappings, range, alias, intent, name, log);
	below = (struct range){range.start, guard.start};
	above = (struct range){guard.end, range.end};
	error = add(mappings, below, alias, intent, name, log);
	return error ? error : add(mappings, above, alias, intent, name, log);
}

int mappings_add_identity(struct mappings *mappings, const struct plan *plan, struct range guard,
			  const struct log *log)
{
	int error = 0;
	size_t i;

	for (i = 0; i < plan->segment_count && !error; i++)
		if (plan->segments[i].role != SEGMENT_PAGETABLE &&
		    plan->segments[i].role != SEGMENT_CPUS)
			error = add_segment(mappings, &plan->segments[i], guard, NULL, log);
	return error;
}

int mappings_add_alias(struct mappings *mappings, const struct plan *plan, struct range guard,
		       const struct linear_map *linear_map, const struct log *log)
{
	int error = 0;
	size_t i;

	for (i = 0; i < plan->segment_count && !error; i++)
		if (plan->segments[i].role == SEGMENT_PURGATORY)
			error = add_segment(mappings, &plan->segments[i], guard, linear_map, log);
	return error;
}

int mappings_add_console(struct mappings *mappings, const struct console *console,
			 const struct log *log)
{
	struct range pages;

	if (!console_registers(console))
		return 0;
	if (console_pages(console, &pages))
		return log_error(log, -EOVERFLOW,
				 "page tables: the console at 0x%" PRIx64
				 " ends beyond the address space",
				 console->address);
	return add(mappings, pages, NULL, MAP_DEVICE, "console", log);
}

int mappings_add_ramoops(struct mappings *mappings, const struct ramoops_zone *zone,
			 const struct log *log)
{
	if (range_size(zone->range) == 0)
		return 0;
	return add(mappings, ramoops_pages(zone), NULL, zone->intent, "console zone of ramoops",
		   log);
}

int mappings_add_cpus(struct mappings *mappings, const struct cpus_place *cpus,
		      const struct log *log)
{
	static const char name[] = "memory of the CPUs";
	const uint64_t stride = PURGATORY_CPU_GUARD_SIZE + PURGATORY_CPU_STACK_SIZE;
	struct range range = {cpus->range.start, cpus->stacks};
	int error = 0;

	if (range_size(cpus->range) == 0)
		return 0;
	error = add(mappings, range, NULL, MAP_DATA, name, log);
	for (range.end = cpus->stacks; range.end < cpus->range.end && !error;) {
		range.start = range.end + PURGATORY_CPU_GUARD_SIZE;
		range.end += stride;
		error = add(mappings, range, NULL, MAP_DATA, name, log);
	}
	return error;
}
