/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loading the next kernel: the order of all steps, phase by phase as in load/phases.h. Each list
 * goes on while its steps return 0, and ends with the first error.
 */
#include "load/load.h"

#include <stdlib.h>

#include "load/choose.h"
#include "load/phases.h"
#include "load/wrap_trial.h"

static int choose(struct load_context *context)
{
	const struct options *request = context->request;
	const struct sysroot system = {.directory = request->sysroot ? request->sysroot : ""};
	const struct log *log = context->log;

	return choose_arch(&context->arch, request, log)
		       ?: choose_call(&context->choice, &system, request, context->arch, log);
}

/*
 * Checks that may refuse come before files are read. The initrd is hashed while a kernel is
 * decompressed.
 */
static int read_input(struct load_input *input, const struct load_context *context)
{
	return read_begin_hashing(input, context)
		       ?: read_machine(input, context)
		       ?: running_check_kernel(input, context)
		       ?: running_check_reset(input, context)
		       ?: share_choose_cpus(input, context)
		       ?: read_engine(input, context)
		       ?: read_initrd(input, context)
		       ?: read_image(input, context)
		       ?: tree_drop_brought(input, context)
		       ?: read_choose_initrd(input, context)
		       ?: read_command_line(input, context)
		       ?: crash_find_region(input, context)
		       ?: crash_check_size(input, context)
		       ?: crash_check_hotplug(input, context);
}

/* Page tables come last, because they map all other segments. */
static int place(struct load_layout *layout, const struct load_input *input,
		 const struct load_context *context)
{
	return memory_find_free(layout, input, context)
		       ?: wrap_reserve(layout, input, context)
		       ?: place_open_page_check(layout, input, context)
		       ?: place_read_prices(layout, input, context)
		       ?: place_kernel_and_initrd(layout, input, context)
		       ?: place_add_kernel(layout, input, context)
		       ?: place_add_initrd(layout, input, context)
		       ?: crash_make_elfcorehdr(layout, input, context)
		       ?: place_elfcorehdr(layout, context)
		       ?: place_dtb(layout, input, context)
		       ?: place_purgatory(layout, input, context)
		       ?: place_manifest(layout, context)
		       ?: share_place(layout, input, context)
		       ?: place_tables(layout, input, context)
		       ?: place_check_plan(layout, context)
		       ?: wrap_check(layout, context);
}

/* The manifest comes last, because what it covers must not change any more. */
static int describe(struct load_layout *layout, const struct load_input *input,
		    const struct load_context *context)
{
	return describe_tables(layout, context)
		       ?: describe_purgatory(layout, input, context)
		       ?: describe_tables_digest(layout, context)
		       ?: wrap_write_head(layout, context)
		       ?: describe_manifest(layout, input, context);
}

static void free_layout(struct load_layout *layout)
{
	table_sets_free(&layout->tables);
	free(layout->manifest);
	if (layout->purgatory)
		elf_rel_close(layout->purgatory);
	devicetree_free(&layout->dtb);
	elfcorehdr_free(&layout->elfcorehdr);
	if (layout->plan.memory.page_check)
		page_check_free(layout->plan.memory.page_check);
	plan_free(&layout->plan);
	next_memory_free(&layout->next_memory);
}

/* All that must be known of a load before anything is verified or warned of. */
static int prepare(struct load_layout *layout, struct load_input *input,
		   const struct load_context *context)
{
	return tree_choose(input, context)
		       ?: tree_prepare(input, context)
		       ?: crash_read_info(input, context)
		       ?: place(layout, input, context);
}

static void free_prepared(struct load_input *input)
{
	crash_info_free(&input->crash_info);
	devicetree_free(&input->tree.prepared);
	devicetree_free(&input->tree.read);
	input->tree = (struct load_tree){0};
}

/*
 * Find out whether a wrapped load finds its place, and give it up if not, but for a load that
 * nothing else can do.
 */
static void try_wrap(struct load_input *input, struct load_context *context)
{
	struct load_layout layout = {0};
	struct wrap_trial trial;
	int error;

	if (context->choice.wrap_needed || !submit_files_can_take(input, context)) {
		context->choice.wrap_needed = true;
		return;
	}
	wrap_trial_open(&trial, context);
	error = prepare(&layout, input, &trial.context);
	free_layout(&layout);
	free_prepared(input);
	wrap_trial_close(&trial, error, context);
}

/*
 * Load segments with kexec_load(2), or wrapped with kexec_file_load(2). @refused is that of
 * submit_segments().
 */
static int load_segments(struct load_input *input, const struct load_context *context,
			 bool *refused)
{
	struct load_layout layout = {0};
	int error = prepare(&layout, input, context)
			    ?: predict_time(&layout, input, context)
			    ?: predict_check_watchdogs(input, context)
			    ?: check_initrd(input, context)
			    ?: describe(&layout, input, context)
			    ?: recheck_files(input, context)
			    ?: submit_segments(&layout, input, context, refused);

	/* Its threads may still read memory that is freed next. */
	chunk_hash_close(input->hash);
	input->hash = NULL;
	free_layout(&layout);
	return error;
}

/*
 * Load files with kexec_file_load(2); the kernel does the rest. @instead: after the other call was
 * refused, for which the initrd was checked already.
 */
static int load_files(struct load_input *input, const struct load_context *context, bool instead)
{
	return submit_files_check_format(input, context)
		       ?: submit_files_inherit_command_line(input, context)
		       ?: (instead ? 0 : check_initrd(input, context))
		       ?: running_check_file_places(input, context)
		       ?: recheck_files(input, context)
		       ?: submit_files(input, context);
}

static void free_input(struct load_input *input)
{
	/* Its threads may still read memory that is freed below. */
	chunk_hash_close(input->hash);
	free_prepared(input);
	free(input->command_line);
	file_bytes_free(&input->initrd_file);
	image_close(&input->image);
	machine_free(&input->machine);
}

int load(const struct options *request, const struct log *log)
{
	struct load_context context = {.request = request, .log = log};
	struct load_input input = {0};
	bool refused = false;
	int error = choose(&context);

	if (!error)
		error = read_input(&input, &context);
	if (!error && submit_files_give_up(&input, &context))
		error = read_for_segments(&input, &context);
	if (!error && context.choice.wrapped)
		try_wrap(&input, &context);
	if (!error && call_choice_has_purgatory(&context.choice))
		error = load_segments(&input, &context, &refused);
	if (refused)
		choose_call_note_refusal(&context.choice);
	if (!error && !call_choice_has_purgatory(&context.choice))
		error = load_files(&input, &context, refused);
	if (!error)
		error = recheck_submitted(&input, &context);
	loaded_record(&input, &context, error);
	if (!error)
		loaded_tell(&input, &context);
	free_input(&input);
	return error;
}
