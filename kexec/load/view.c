/* SPDX-License-Identifier: GPL-2.0-only */
/* The load as it is shown: what the phases found out, gathered for kexec/show. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load/phases.h"
#include "machine/kexec_interface.h"
#include "show/plan_json.h"
#include "show/plan_svg.h"
#include "show/plan_text.h"

/* Two symbols of purgatory that a reader of a plan wants to find; the others are patched. */
static const char *const symbol_names[] = {PURGATORY_ENTRY_SYMBOL, PURGATORY_GUARD_SYMBOL};

#define SYMBOL_NAME_COUNT (sizeof(symbol_names) / sizeof(symbol_names[0]))

static size_t count_set_symbols(const struct elf_rel *purgatory)
{
	size_t count = 0, cursor = 0;
	uint64_t address;
	const char *name;

	while (elf_rel_next_set_symbol(purgatory, &cursor, &name, &address))
		count++;
	return count;
}

/* Find those two, and all that were patched. */
static int find_symbols(struct plan_view *view, const struct elf_rel *purgatory,
			const struct log *log)
{
	const size_t room = SYMBOL_NAME_COUNT + count_set_symbols(purgatory);
	struct plan_symbol *found = calloc(room, sizeof(*found));
	size_t i, cursor = 0;
	uint64_t size;
	int error = 0;

	view->symbols = found;
	view->symbol_count = room;
	if (!found)
		return log_error(log, -ENOMEM, "no memory for the symbols of the plan");
	for (i = 0; i < SYMBOL_NAME_COUNT && !error; i++) {
		found[i].name = symbol_names[i];
		error = elf_rel_get_symbol(purgatory, symbol_names[i], &found[i].address, &size,
					   log);
	}
	for (; i < room; i++)
		elf_rel_next_set_symbol(purgatory, &cursor, &found[i].name, &found[i].address);
	return error;
}

/* Why that call: a clause behind "because". */
static const char *find_reason(const struct load_context *context)
{
	const struct call_choice *choice = &context->choice;
	const struct options *request = context->request;

	if (choice->call == KEXEC_CALL_LOAD && request->call == CALL_LOAD)
		return "--kexec-syscall asks for it";
	if (choice->call == KEXEC_CALL_LOAD)
		return request->no_checks ? "it is the first choice"
					  : "purgatory then verifies the load";
	if (request->call == CALL_FILE_LOAD)
		return "--kexec-file-syscall asks for it";
	if (choice->load_obstacle)
		return choice->load_obstacle->reason;
	return "kexec handover is on, and only this call keeps what it preserved";
}

/* Why purgatory verifies nothing: a clause; NULL: it does verify. */
static const char *find_unverified(const struct load_context *context)
{
	if (!call_choice_has_purgatory(&context->choice))
		return context->arch->file_load_loss;
	return context->request->no_checks ? "--no-checks asks for that" : NULL;
}

static void add_file(struct plan_view *view, const char *purpose, const char *path, uint64_t size)
{
	if (view->file_count < PLAN_FILES_MAX)
		view->files[view->file_count++] =
			(struct plan_file){.purpose = purpose, .path = path, .size = size};
}

static void add_initrds(struct plan_view *view, const struct load_input *input,
			const struct options *request)
{
	if (request->reuse_initrd) {
		add_file(view, "initrd", "(the running kernel's)", input->initrd.size);
		return;
	}
	if (!request->initrd_count && input->initrd.size)
		add_file(view, "initrd", "(in the kernel's file)", input->initrd.size);
	for (size_t i = 0; i < request->initrd_count; i++) {
		const size_t end = i + 1 < request->initrd_count ? input->initrd_offsets[i + 1]
								 : input->initrd_file.size;

		add_file(view, "initrd", request->initrds[i], end - input->initrd_offsets[i]);
	}
}

static void add_files(struct plan_view *view, const struct load_layout *layout,
		      const struct load_input *input, const struct options *request)
{
	static const char *const origins[] = {
		[TREE_RUNNING] = "(this system's)",
		[TREE_IMAGE] = "(in the kernel's file)",
	};
	const struct load_tree *tree = &input->tree;

	add_file(view, "kernel", request->kernel, input->image.kernel.size);
	view->files[0].format = input->image.format;
	view->files[0].memory = input->image.memory_size;
	add_initrds(view, input, request);
	if (layout)
		add_file(view, "device tree",
			 tree->origin == TREE_OPTION ? request->dtb : origins[tree->origin],
			 layout->dtb.size);
}

/* Options that the load has no use for. */
static void find_ineffective(struct plan_view *view, const struct load_input *input,
			     const struct load_context *context)
{
	const struct options *request = context->request;
	const bool has_tree = request->dtb || input->image.devicetree.data;
	const struct {
		const char *name;
		bool applies;
	} candidates[] = {
		{"no-cma", request->no_cma && context->choice.call == KEXEC_CALL_LOAD},
		{"any-board", request->any_board && !has_tree},
		{"on-mismatch", request->on_mismatch_given && request->no_checks},
		{"engine", request->engine != PURGATORY_ENGINE_AUTO && request->no_checks},
	};
	size_t count = 0;

	for (; request->ineffective[count]; count++)
		view->ineffective[count] = request->ineffective[count];
	for (size_t i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++)
		if (candidates[i].applies)
			view->ineffective[count++] = candidates[i].name;
}

_Static_assert(OPTIONS_INEFFECTIVE_MAX + 4 <= PLAN_OPTIONS_MAX, "room for all options");

int view_make(struct plan_view *view, const struct load_layout *layout,
	      const struct load_input *input, const struct load_context *context)
{
	static const struct log_record no_warnings = {0};

	*view = (struct plan_view){
		.arch = context->arch,
		.crash = context->request->crash,
		.call = context->choice.call == KEXEC_CALL_LOAD ? "kexec_load" : "kexec_file_load",
		.reason = find_reason(context),
		.flags = input->flags | context->arch->kexec_flag,
		.unverified = find_unverified(context),
		.policy = context->request->mismatch_policy,
		.warnings = context->log->record ? context->log->record : &no_warnings,
		.machine = &input->machine,
		.crash_region = input->crash_region,
		.engine = input->engine,
		.cpus = input->sharing ? input->sharing : 1,
		.others = &input->cpus,
		.time = input->verify_time,
		.command_line = layout ? tree_next_command_line(input) : input->command_line,
	};
	add_files(view, layout, input, context->request);
	find_ineffective(view, input, context);
	if (!layout)
		return 0;
	view->plan = &layout->plan;
	view->tables = &layout->tables;
	view->wrapped = context->choice.wrapped ? &layout->wrapped : NULL;
	return find_symbols(view, layout->purgatory, context->log);
}

int view_show(const struct plan_view *view, const struct load_context *context)
{
	int error = 0;

	plan_text_log(context->log, view);
	progress_pause(context->log->progress);
	if (context->request->plan == PLAN_TEXT)
		error = plan_text_print(stdout, view);
	else if (context->request->plan == PLAN_SVG)
		error = plan_svg_print(stdout, view);
	else if (context->request->plan == PLAN_JSON)
		plan_json_print(stdout, view);
	progress_resume(context->log->progress);
	return error ? log_error(context->log, error, "no memory to draw the plan") : 0;
}

void view_free(struct plan_view *view)
{
	free(view->symbols);
	view->symbols = NULL;
}
