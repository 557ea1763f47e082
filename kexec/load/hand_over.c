/* SPDX-License-Identifier: GPL-2.0-only */
/* The system call, or --output. */
#include "digest/engine_choice.h"
#include "load/choose_call.h"
#include "load/kexec_syscall.h"
#include "load/state.h"
#include "plan/output.h"

/* Record where the symbols are, for whoever examines the plan. */
static int write_output(struct load *load)
{
	static const char *const names[] = {
		PURGATORY_ENTRY_SYMBOL,
		PURGATORY_GUARD_SYMBOL,
		"purgatory_address",
		"purgatory_kernel_entry",
		"purgatory_kernel_dtb",
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
		"purgatory_console_register_shift",
		"purgatory_console_register_width",
		"purgatory_timer_frequency",
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
		error = elf_rel_get_symbol(load->purgatory, names[i], &symbols[i].address, &size,
					   load->log);
		if (error)
			return error;
	}
	error = output_write(&output, &load->plan, load->arch, load->flags,
			     engine_name(load->engine), symbols, sizeof(names) / sizeof(names[0]),
			     load->options->output, load->log);
	/* The files have been read once more: a plan of what they were replaces no other. */
	if (!error)
		error = load_check_files(load);
	if (!error)
		error = output_place(output);
	output_close(output);
	return error;
}

/* A kernel that does not permit this call may permit the other one. */
static int hand_over_plan(struct load *load)
{
	const struct sysroot running = {.directory = ""};
	bool lost;
	int error = kexec_load_plan(&load->plan, load->arch, load->flags, &lost);

	if (!error)
		return 0;
	if (!lost &&
	    choose_call_after_refusal(error, &running, load->options, load->arch, load->log)) {
		load->call = KEXEC_CALL_FILE_LOAD;
		return 0;
	}
	return kexec_report_load(error, lost, load->arch, load->flags, load->log);
}

int load_hand_over(struct load *load)
{
	struct progress *progress = load->log->progress;
	int error;

	if (load->options->output) {
		progress_begin(progress, "writing", 0);
		error = write_output(load);
	} else {
		progress_begin(progress, "loading", 0);
		error = hand_over_plan(load);
	}
	progress_begin(progress, NULL, 0);
	return error;
}

/* What was hashed is what is in the files: else the load would fail its verification later. */
int load_check_files(struct load *load)
{
	int error = file_bytes_check_unchanged(&load->image.file, load->options->kernel, load->log);

	if (!error && load->options->initrd_count)
		error = file_bytes_check_unchanged(&load->initrd_file, load->options->initrds[0],
						   load->log);
	return error;
}

/* The kernel has read the files by now: once more, and rather no kernel than one that mismatches.
 */
int load_confirm_files(struct load *load)
{
	const struct sysroot running = {.directory = ""};
	int error;

	if (load->options->output)
		return 0;
	error = load_check_files(load);
	if (error)
		choose_call_unload(&running, load->options->crash, load->log);
	return error;
}
