/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A plan as JSON. What scripts read line by line stands last: segments, then symbols.
 */
#include <config.h>

#include "console/console_choice.h"
#include "digest/engine_choice.h"
#include "plan/output.h"
#include "show/json.h"
#include "show/plan_json.h"
#include "show/words.h"

static void print_files(struct json *json, const struct plan_view *view)
{
	json_begin_array(json, "files");
	for (size_t i = 0; i < view->file_count; i++) {
		const struct plan_file *file = &view->files[i];

		json_begin_object(json, NULL);
		json_text(json, "purpose", file->purpose);
		json_text(json, "path", file->path);
		if (file->format)
			json_text(json, "format", file->format);
		if (file->size)
			json_number(json, "bytes", file->size);
		if (file->memory)
			json_number(json, "runs_in", file->memory);
		json_end_object(json);
	}
	json_end_array(json);
}

static void print_ranges(struct json *json, const char *name, const struct range_set *set)
{
	json_begin_array(json, name);
	for (size_t i = 0; i < set->count; i++) {
		json_begin_object(json, NULL);
		json_address(json, "start", set->ranges[i].start);
		json_address(json, "end", set->ranges[i].end);
		json_end_object(json);
	}
	json_end_array(json);
}

static void print_memory(struct json *json, const struct plan_view *view)
{
	const struct memory_map *map = &view->machine->memory;

	json_begin_object(json, "memory");
	json_number(json, "page_size", view->machine->page_size);
	print_ranges(json, "ram", &map->ram);
	print_ranges(json, "reserved", &map->reserved);
	print_ranges(json, "crash", &map->crash);
	json_end_object(json);
}

static const char *state_name(enum verify_time_state state)
{
	switch (state) {
	case VERIFY_TIME_KNOWN:
		return "predicted";
	case VERIFY_TIME_UNKNOWN_CPU:
		return "unknown-cpu";
	case VERIFY_TIME_UNKNOWN_CLOCK:
		return "unknown-clock";
	case VERIFY_TIME_UNKNOWN_ENGINE:
		return "unknown-engine";
	default:
		return "none";
	}
}

/* Those of which the ones that verify are. */
static void print_cpus(struct json *json, const struct online_cpus *cpus)
{
	json_begin_array(json, "cpu_ids");
	for (size_t i = 0; i < cpus->count; i++)
		json_address(json, NULL, cpus->ids[i]);
	json_end_array(json);
}

static void print_verification(struct json *json, const struct plan_view *view)
{
	const struct verify_time *time = &view->time;

	json_begin_object(json, "verification");
	json_text(json, "by", view->unverified ? NULL : "purgatory");
	if (view->unverified)
		json_text(json, "reason", view->unverified);
	json_text(json, "mismatch", words_policy(view->policy));
	json_text(json, "resets_by", words_reset(view->machine->reset_method));
	if (!view->unverified) {
		json_number(json, "bytes", time->bytes);
		json_text(json, "expected_engine", engine_choice_name(time->engine));
		json_number(json, "cpus", view->cpus);
		if (view->cpus > 1)
			print_cpus(json, view->others);
		json_text(json, "cpu", time->cpu);
		json_text(json, "time", state_name(time->state));
		if (time->state == VERIFY_TIME_KNOWN) {
			json_number(json, "microseconds", time->microseconds);
			json_number(json, "megahertz", time->megahertz);
			json_boolean(json, "clock_assumed", time->clock_assumed);
		}
	}
	json_end_object(json);
}

static void print_tables(struct json *json, const struct plan_view *view)
{
	static const char *const names[PURGATORY_TABLES_COUNT] = {"low", "low-el2", "high"};
	static const char *const reasons[] = PURGATORY_MMU_REASON_NAMES;

	json_begin_object(json, "page_tables");
	if (view->tables->reason != PURGATORY_MMU_ON)
		json_text(json, "none_because", reasons[view->tables->reason]);
	json_begin_array(json, "sets");
	for (size_t i = 0; i < PURGATORY_TABLES_COUNT; i++) {
		const struct table_set *set = &view->tables->sets[i];

		if (!set->mode)
			continue;
		json_begin_object(json, NULL);
		json_text(json, "set", names[i]);
		json_text(json, "mode", set->mode->format->name);
		json_number(json, "virtual_bits", set->mode->format->virtual_bits);
		json_address(json, "root", set->range.start);
		json_number(json, "tables",
			    range_size(set->range) >> set->mode->format->page_shift);
		json_end_object(json);
	}
	json_end_array(json);
	json_end_object(json);
}

static void print_segment(struct json *json, const struct plan *plan, size_t index)
{
	const struct segment *segment = &plan->segments[index];
	char name[OUTPUT_NAME_SIZE], letters[4], *next = letters;

	if (segment->permissions & SEGMENT_READ)
		*next++ = 'r';
	if (segment->permissions & SEGMENT_WRITE)
		*next++ = 'w';
	if (segment->permissions & SEGMENT_EXECUTE)
		*next++ = 'x';
	*next = '\0';
	output_segment_file_name(name, plan, index);
	json_begin_object(json, NULL);
	json_text(json, "role", plan_role_name(segment->role));
	json_address(json, "address", segment->address);
	json_number(json, "size", segment->size);
	json_number(json, "memory_size", segment->memory_size);
	json_number(json, "verified", segment->covered);
	json_text(json, "permissions", letters);
	json_text(json, "file", name);
	json_end_object(json);
}

static void print_texts(struct json *json, const char *name, const char *const *texts, size_t count)
{
	json_begin_array(json, name);
	for (size_t i = 0; i < count; i++)
		json_text(json, NULL, texts[i]);
	json_end_array(json);
}

static void print_head(struct json *json, const struct plan_view *view)
{
	const struct console *console = &view->machine->console;
	size_t ineffective = 0;

	while (view->ineffective[ineffective])
		ineffective++;
	json_number(json, "schema", PLAN_JSON_SCHEMA);
	json_text(json, "kexec", "kexec-mmu " PACKAGE_VERSION);
	json_text(json, "target", view->arch->name);
	json_text(json, "for", view->crash ? "panic" : "exec");
	json_text(json, "call", view->call);
	json_text(json, "call_reason", view->reason);
	if (view->plan)
		json_address(json, "entry", view->plan->entry);
	json_address(json, "flags", view->flags);
	json_text(json, "engine", engine_choice_name(view->engine));
	json_text(json, "console", console_name(console));
	if (console_registers(console))
		json_address(json, "console_registers", console->address);
	json_text(json, "console_reason", console->reason);
	json_text(json, "command_line", view->command_line);
	print_files(json, view);
	print_texts(json, "options_without_effect", view->ineffective, ineffective);
	print_texts(json, "warnings", (const char *const *)view->warnings->lines,
		    view->warnings->count);
}

static void print_wrapped(struct json *json, const struct wrapped_image *wrapped)
{
	json_begin_object(json, "wrapped_image");
	json_address(json, "address", wrapped->range.start);
	json_number(json, "memory_size", range_size(wrapped->range));
	json_text(json, "file", OUTPUT_WRAPPED_FILE);
	json_end_object(json);
}

void plan_json_print(FILE *stream, const struct plan_view *view)
{
	struct json json = {.stream = stream};
	size_t i;

	json_begin_object(&json, NULL);
	print_head(&json, view);
	print_memory(&json, view);
	print_verification(&json, view);
	if (view->plan)
		print_tables(&json, view);
	if (view->wrapped)
		print_wrapped(&json, view->wrapped);
	json_begin_array(&json, "segments");
	for (i = 0; view->plan && i < view->plan->segment_count; i++)
		print_segment(&json, view->plan, i);
	json_end_array(&json);
	json_begin_object(&json, "symbols");
	for (i = 0; i < view->symbol_count; i++)
		json_address(&json, view->symbols[i].name, view->symbols[i].address);
	json_end_object(&json);
	json_end_object(&json);
}
