/* SPDX-License-Identifier: GPL-2.0-only */
/* Obstacles to a load in the running system, found before anything is hashed. */
#include <errno.h>

#include "load/phases.h"
#include "machine/running_kernel.h"
#include "permit/cpu_stop.h"
#include "permit/kernel_quirks.h"
#include "permit/kexec_handover.h"

static struct kernel_traits find_traits(const struct machine *machine, const struct arch *arch)
{
	return (struct kernel_traits){
		.arch = arch,
		.release = running_kernel_release(&machine->sysroot),
		.page_size = machine->page_size,
		.virtual_bits = machine->linear_map.virtual_bits,
	};
}

/*
 * Check the running kernel. None of this concerns crash kernels, and a plan needs no system call.
 */
int running_check_kernel(const struct load_input *input, const struct load_context *context)
{
	const struct machine *machine = &input->machine;
	const struct kernel_traits traits = find_traits(machine, context->arch);
	const struct kexec_obstacle *obstacle;

	if (context->request->crash || context->request->output)
		return 0;
	obstacle = kernel_quirks_find(&traits);
	if (!obstacle)
		obstacle = cpu_stop_find_obstacle(context->arch, &machine->devicetree,
						  &machine->sysroot);
	return obstacle ? choose_report_obstacle(obstacle, context->request, context->log) : 0;
}

/*
 * A crash kernel is not copied, and under kexec handover all goes to memory that never holds code
 * (kho_locate_mem_hole()).
 */
int running_check_file_places(const struct load_input *input, const struct load_context *context)
{
	const struct machine *machine = &input->machine;
	const struct kernel_traits traits = find_traits(machine, context->arch);
	const char *warning = kernel_quirks_find_file_code(&traits);

	if (warning && !context->request->crash && !kexec_handover_is_on(&machine->sysroot))
		log_warning(context->log, "%s: %s", warning,
			    context->choice.load_obstacle
				    ? "run a newer one, or reboot instead"
				    : "load with --kexec-syscall, which keeps off them");
	return 0;
}

/*
 * Check that purgatory can reset this system, because a mismatch ends in a reset unless the user
 * asks for a halt.
 */
int running_check_reset(const struct load_input *input, const struct load_context *context)
{
	const struct options *options = context->request;

	if (!call_choice_has_purgatory(&context->choice) ||
	    input->machine.reset_method != PURGATORY_RESET_NONE || options->no_checks ||
	    options->mismatch_policy != PURGATORY_POLICY_RESET)
		return 0;
	if (options->on_mismatch_given)
		return log_error(context->log, -EOPNOTSUPP,
				 "--on-mismatch=reset: purgatory cannot reset this system, which "
				 "has no PSCI: use --on-mismatch=halt");
	log_warning(context->log,
		    "purgatory cannot reset this system, which has no PSCI, and halts if the next "
		    "kernel is damaged: load with --on-mismatch=halt to accept that");
	return 0;
}
