/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes the system call, or writes --output. */
#include <errno.h>
#include <stdlib.h>

#include "digest/engine_choice.h"
#include "load/choose.h"
#include "load/kexec_syscall.h"
#include "load/phases.h"
#include "plan/output.h"

/* Two symbols of purgatory that a reader of a plan wants to find; the others are patched. */
static const char *const output_names[] = {PURGATORY_ENTRY_SYMBOL, PURGATORY_GUARD_SYMBOL};

#define OUTPUT_NAME_COUNT (sizeof(output_names) / sizeof(output_names[0]))

static size_t count_set_symbols(const struct elf_rel *purgatory)
{
	size_t count = 0, cursor = 0;
	uint64_t address;
	const char *name;

	while (elf_rel_next_set_symbol(purgatory, &cursor, &name, &address))
		count++;
	return count;
}

/* Find those two, and all that were patched. The caller frees *@symbols. */
static int find_symbols(struct output_symbol **symbols, size_t *count,
			const struct elf_rel *purgatory, const struct log *log)
{
	const size_t room = OUTPUT_NAME_COUNT + count_set_symbols(purgatory);
	struct output_symbol *found = calloc(room, sizeof(*found));
	size_t i, cursor = 0;
	uint64_t size;
	int error = 0;

	*symbols = found;
	*count = room;
	if (!found)
		return log_error(log, -ENOMEM, "no memory for the symbols of the plan");
	for (i = 0; i < OUTPUT_NAME_COUNT && !error; i++) {
		found[i].name = output_names[i];
		error = elf_rel_get_symbol(purgatory, output_names[i], &found[i].address, &size,
					   log);
	}
	for (; i < room; i++)
		elf_rel_next_set_symbol(purgatory, &cursor, &found[i].name, &found[i].address);
	return error;
}

/* Write the plan, with the addresses of some symbols for the reader. */
static int write_output(const struct load_layout *layout, const struct load_input *input,
			const struct load_context *context)
{
	struct output_symbol *symbols;
	struct output *output = NULL;
	size_t count;
	int error = find_symbols(&symbols, &count, layout->purgatory, context->log);

	if (!error)
		error = output_write(&output, &layout->plan,
				     context->choice.wrapped ? &layout->wrapped : NULL,
				     context->arch, input->flags, engine_choice_name(input->engine),
				     console_name(&input->machine.console), symbols, count,
				     context->request->output, context->log);
	/*
	 * Check the files once more. If they changed, this plan must not replace a former one.
	 */
	if (!error)
		error = recheck_files(input, context);
	if (!error)
		error = output_place(output);
	output_close(output);
	free(symbols);
	return error;
}

/* Make the system call. A kernel that does not permit it may permit the other one. */
static int submit_plan(const struct load_layout *layout, const struct load_input *input,
		       const struct load_context *context, bool *refused)
{
	const struct sysroot running = {.directory = ""};
	char advice[CHOOSE_ADVICE_SIZE];
	bool lost;
	int error = kexec_syscall_load(&layout->plan, context->arch, input->flags, &lost);

	if (!error)
		return 0;
	if (!lost && choose_call_after_refusal(error, &running, context->request, context->arch,
					       context->log)) {
		*refused = true;
		return 0;
	}
	choose_call_advise(advice, &running, context->request, error);
	return kexec_syscall_report_load(error, advice, lost, context->arch, input->flags,
					 context->log);
}

int submit_segments(const struct load_layout *layout, const struct load_input *input,
		    const struct load_context *context, bool *refused)
{
	struct progress *progress = context->log->progress;
	int error;

	*refused = false;
	if (context->request->output) {
		progress_begin(progress, "writing", 0);
		error = write_output(layout, input, context);
	} else {
		progress_begin(progress, "loading", 0);
		error = context->choice.wrapped ? submit_wrapped(layout, input, context, refused)
						: submit_plan(layout, input, context, refused);
	}
	progress_begin(progress, NULL, 0);
	return error;
}
