/* SPDX-License-Identifier: GPL-2.0-only */
/* The page tables of a plan. */
#include "plan/table_sets.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest/running_engine.h"

/* Why purgatory gets no tables. */
struct obstacle {
	enum purgatory_mmu_reason reason;
	char text[160];
};

static bool translates(const struct page_table_format *format, uint64_t address)
{
	return (address - format->virtual_first) >> format->virtual_bits == 0;
}

static bool reaches(const struct page_table_format *format, const struct mapping *mapping)
{
	return translates(format, mapping->virtual_address) &&
	       translates(format, mapping->virtual_address + (mapping->size - 1));
}

/* The first mapping that the format does not reach, or NULL. */
static const struct mapping *find_unreached(const struct page_table_format *format,
					    const struct mappings *mappings)
{
	size_t i;

	for (i = 0; i < mappings->count; i++)
		if (!reaches(format, &mappings->list[i]))
			return &mappings->list[i];
	return NULL;
}

static bool cpu_has(const struct cpu *cpu, const struct page_table_format *format)
{
	return !cpu->virtual_bits || format->virtual_bits <= cpu->virtual_bits;
}

/*
 * The first of the modes that reaches everything and that the CPU has; or NULL, and @obstacle is
 * set.
 */
static const struct page_table_mode *choose_mode(const struct page_table_mode *mode,
						 const struct mappings *mappings,
						 const struct cpu *cpu, struct obstacle *obstacle)
{
	for (; mode->format; mode++) {
		const struct mapping *unreached = find_unreached(mode->format, mappings);

		if (unreached) {
			obstacle->reason = PURGATORY_MMU_RANGE;
			snprintf(obstacle->text, sizeof(obstacle->text),
				 "the %s at 0x%" PRIx64 " is beyond the addresses of %s",
				 unreached->name, unreached->virtual_address, mode->format->name);
		} else if (!cpu_has(cpu, mode->format)) {
			obstacle->reason = PURGATORY_MMU_MODE;
			snprintf(obstacle->text, sizeof(obstacle->text),
				 "only %s would reach all addresses, and the CPU translates no "
				 "more than %u bits",
				 mode->format->name, cpu->virtual_bits);
			return NULL;
		} else {
			obstacle->reason = PURGATORY_MMU_ON;
			return mode;
		}
	}
	return NULL;
}

/*
 * Go on without tables, because purgatory verifies without them too. Only --mmu=on makes this an
 * error.
 */
static int do_without(struct table_sets *tables, const struct obstacle *obstacle,
		      const struct log *log)
{
	if (tables->required)
		return log_error(log, -ENOTSUP, "--mmu=on is not possible here: %s; use --mmu=auto",
				 obstacle->text);
	log_warning(log, "purgatory will verify with the MMU off: %s", obstacle->text);
	memset(tables, 0, sizeof(*tables));
	tables->reason = obstacle->reason;
	return 0;
}

/* Map everything at its physical address, in each set that is not for the alias alone. */
static int choose_identity(struct table_sets *tables, const struct table_sets_request *request,
			   struct obstacle *obstacle, const struct log *log)
{
	static const enum purgatory_tables identities[] = {PURGATORY_TABLES_LOW,
							   PURGATORY_TABLES_LOW_EL2};
	const struct machine *machine = request->machine;
	size_t i;

	for (i = 0; i < sizeof(identities) / sizeof(identities[0]); i++) {
		const struct page_table_mode *modes = request->arch->page_tables[identities[i]];
		struct table_set *set = &tables->sets[identities[i]];
		int error;

		if (!modes)
			continue;
		error = mappings_add_identity(&set->mappings, request->plan, request->guard, log);
		if (!error && request->cpus)
			error = mappings_add_cpus(&set->mappings, request->cpus, log);
		if (!error)
			error = mappings_add_console(&set->mappings, &machine->console, log);
		if (!error)
			error = mappings_add_ramoops(&set->mappings, &machine->ramoops, log);
		if (error)
			return error;
		set->mode = choose_mode(modes, &set->mappings, &machine->cpu, obstacle);
		if (!set->mode)
			return 0;
	}
	return 0;
}

/* True if the alias can be mapped besides the rest. vmcoreinfo may be wrong. */
static bool is_sound(const struct table_set *with_alias)
{
	const struct log nowhere = {0};
	struct mappings copy = with_alias->mappings;

	return page_table_check(with_alias->mode->format, copy.list, copy.count, &nowhere) == 0;
}

/*
 * Map purgatory at the linear map too: in a set of its own, or besides the identity mappings, where
 * that may need a wider mode than they do.
 */
static int choose_alias(struct table_sets *tables, const struct table_sets_request *request,
			const struct log *log)
{
	const struct page_table_mode *const *modes = request->arch->page_tables;
	const struct linear_map *linear_map = &request->machine->linear_map;
	const bool own_set = modes[PURGATORY_TABLES_HIGH];
	struct table_set *set =
		&tables->sets[own_set ? PURGATORY_TABLES_HIGH : PURGATORY_TABLES_LOW];
	struct table_set with_alias = *set;
	struct obstacle obstacle = {0};
	int error;

	if (!linear_map->known)
		return 0;
	error = mappings_add_alias(&with_alias.mappings, request->plan, request->guard, linear_map,
				   log);
	if (error)
		return error;
	with_alias.mode = choose_mode(modes[own_set ? PURGATORY_TABLES_HIGH : PURGATORY_TABLES_LOW],
				      &with_alias.mappings, &request->machine->cpu, &obstacle);
	if (!with_alias.mode)
		log_debug(log, "page tables: no mapping at the linear map: %s", obstacle.text);
	else if (!is_sound(&with_alias))
		log_debug(log,
			  "page tables: no mapping at the linear map, which vmcoreinfo gets wrong");
	else
		*set = with_alias;
	return 0;
}

/* Compute where the sets lie, one behind the other. Their sizes follow from what they map. */
static int measure(struct table_sets *tables, const struct log *log)
{
	uint64_t end = 0;
	size_t i;

	for (i = 0; i < PURGATORY_TABLES_COUNT; i++) {
		struct table_set *set = &tables->sets[i];
		struct mappings *mappings = &set->mappings;
		const struct page_table_format *format;
		int error;

		if (!set->mode)
			continue;
		format = set->mode->format;
		error = page_table_check(format, mappings->list, mappings->count, log);
		if (error)
			return error;
		set->range.start = end;
		end += page_table_count(format, mappings->list, mappings->count)
		       << format->page_shift;
		set->range.end = end;
		if (range_size(set->range) > PURGATORY_TABLES_SIZE_MAX)
			return log_error(log, -EFBIG,
					 "page tables: %" PRIu64 " bytes are more than purgatory "
					 "takes: load with --mmu=off",
					 range_size(set->range));
		log_detail(log, "page tables: %s, %" PRIu64 " bytes", format->name,
			   range_size(set->range));
	}
	tables->segment = (struct range){0, end};
	return 0;
}

int table_sets_choose(struct table_sets *tables, const struct table_sets_request *request,
		      const struct log *log)
{
	struct obstacle obstacle = {PURGATORY_MMU_ON, ""};
	int error = 0;

	memset(tables, 0, sizeof(*tables));
	tables->required = request->required;
	if (request->machine->cpu.vendor_page_tables)
		obstacle = (struct obstacle){
			PURGATORY_MMU_CPU,
			"the CPU is a T-Head C9xx, whose page tables are not standard ones"};
	else
		error = choose_identity(tables, request, &obstacle, log);
	if (error)
		return error;
	if (obstacle.reason != PURGATORY_MMU_ON)
		return do_without(tables, &obstacle, log);
	error = choose_alias(tables, request, log);
	return error ? error : measure(tables, log);
}

/* Narrow @bounds to the addresses that registers and entries can hold, for roots and tables. */
static struct range narrow(const struct table_sets *tables, struct range bounds)
{
	size_t i;

	for (i = 0; i < PURGATORY_TABLES_COUNT; i++) {
		const struct page_table_mode *mode = tables->sets[i].mode;

		if (mode && bounds.end >> mode->format->physical_bits)
			bounds.end = UINT64_C(1) << mode->format->physical_bits;
	}
	return bounds;
}

int table_sets_place(struct table_sets *tables, struct plan *plan, const struct range *bounds,
		     const struct log *log)
{
	const struct hole_request request = {
		.size = range_size(tables->segment),
		.alignment = MAPPING_PAGE_SIZE,
		.bounds = narrow(tables, *bounds),
	};
	static const struct obstacle no_room = {PURGATORY_MMU_ROOM,
						"no hole is left for its tables"};
	const struct log nowhere = {0};
	struct segment segment = {.role = SEGMENT_PAGETABLE};
	struct range hole;
	size_t i;
	int error;

	if (request.size == 0)
		return 0;
	/* Purgatory can work without tables, so it is no error if there is no room for them. */
	error = plan_reserve_hole(plan, &request, "page tables", &hole,
				  tables->required ? log : &nowhere);
	if (error == -ENOSPC && !tables->required)
		return do_without(tables, &no_room, log);
	if (error)
		return error;
	tables->data = calloc(1, request.size);
	if (!tables->data)
		return log_error(log, -ENOMEM, "no memory for the page tables");
	tables->segment = (struct range){hole.start, hole.start + request.size};
	for (i = 0; i < PURGATORY_TABLES_COUNT; i++) {
		struct table_set *set = &tables->sets[i];

		if (set->mode)
			set->range = (struct range){set->range.start + hole.start,
						    set->range.end + hole.start};
	}
	segment.address = hole.start;
	segment.data = tables->data;
	segment.size = request.size;
	segment.memory_size = request.size;
	return plan_add_segment(plan, &segment, log);
}

static uint8_t *set_data(const struct table_sets *tables, const struct table_set *set)
{
	return tables->data + (set->range.start - tables->segment.start);
}

int table_sets_build(struct table_sets *tables, const struct log *log)
{
	int error = 0;
	size_t i;

	for (i = 0; i < PURGATORY_TABLES_COUNT && !error; i++) {
		const struct table_set *set = &tables->sets[i];

		if (set->mode)
			error = page_table_build(set->mode->format, set->mappings.list,
						 set->mappings.count, set_data(tables, set),
						 range_size(set->range), set->range.start, log);
	}
	return error;
}

uint64_t table_sets_register(const struct table_set *set)
{
	if (!set->mode)
		return 0;
	return set->range.start >> set->mode->root_shift | set->mode->root_bits;
}

void table_sets_digest(const struct table_sets *tables, enum purgatory_tables set,
		       uint8_t digest[SHA256_DIGEST_SIZE])
{
	const struct table_set *chosen = &tables->sets[set];

	const struct purgatory_tables_header header = {
		.register_value = htole64(table_sets_register(chosen)),
		.address = htole64(chosen->range.start),
		.size = htole64(range_size(chosen->range)),
		.bits = htole64(chosen->mode ? chosen->mode->format->virtual_bits : 0),
	};
	struct sha256 sha256;

	memset(digest, 0, SHA256_DIGEST_SIZE);
	if (!chosen->mode)
		return;
	sha256_init(&sha256, running_engine());
	sha256_update(&sha256, &header, sizeof(header));
	sha256_update(&sha256, set_data(tables, chosen), range_size(chosen->range));
	sha256_final(&sha256, digest);
}

void table_sets_free(struct table_sets *tables)
{
	free(tables->data);
	tables->data = NULL;
}
