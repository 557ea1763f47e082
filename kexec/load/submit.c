/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes the system call, or writes --output. */
#include "digest/engine_choice.h"
#include "load/choose.h"
#include "load/kexec_syscall.h"
#include "load/phases.h"
#include "plan/output.h"

/* Write the plan, with the addresses of some symbols for the reader. */
static int write_output(const struct load_layout *layout, const struct load_input *input,
			const struct load_context *context)
{
	static const char *const names[] = {
		PURGATORY_ENTRY_SYMBOL,
		PURGATORY_GUARD_SYMBOL,
		"purgatory_address",
		"purgatory_kernel_entry",
		"purgatory_kernel_dtb",
		"purgatory_report_address",
		"purgatory_manifest_address",
		"purgatory_manifest_size",
		"purgatory_manifest_digest",
		"purgatory_mmu_reason",
		"purgatory_tables_register",
		"purgatory_tables_address",
		"purgatory_tables_size",
		"purgatory_tables_bits",
		"purgatory_tables_digest",
		"purgatory_console_type",
		"purgatory_console_address",
		"purgatory_console_data_shift",
		"purgatory_console_registers",
		"purgatory_pstore_address",
		"purgatory_pstore_size",
		"purgatory_cache_block",
		"purgatory_timer_frequency",
		"purgatory_cpu_features",
		"purgatory_engine",
		"purgatory_reset_method",
		"purgatory_mismatch_policy",
	};
	struct output_symbol symbols[sizeof(names) / sizeof(names[0])];
	struct output *output;
	int error;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		uint64_t size;

		symbols[i].name = names[i];
		error = elf_rel_get_symbol(layout->purgatory, names[i], &symbols[i].address, &size,
					   context->log);
		if (error)
			return error;
	}
	error = output_write(
		&output, &layout->plan, context->choice.wrapped ? &layout->wrapped : NULL,
		context->arch, input->flags, engine_choice_name(input->engine),
		console_name(&input->machine.console), symbols, sizeof(names) / sizeof(names[0]),
		context->request->output, context->log);
	/*
	 * Check the files once more. If they changed, this plan must not replace a former one.
	 */
	if (!error)
		error = recheck_files(input, context);
	if (!error)
		error = output_place(output);
	output_close(output);
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
