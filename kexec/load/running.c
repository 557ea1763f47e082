/* SPDX-License-Identifier: GPL-2.0-only */
/* What of the running system stands in the way of a load, found out before anything is hashed. */
#include <errno.h>

#include "load/phases.h"
#include "machine/running_kernel.h"
#include "permit/cpu_stop.h"
#include "permit/kernel_quirks.h"

/* Crash kernels are spared by all of it, and a plan asks nothing of the kernel. */
int running_check_kernel(const struct load_input *input, const struct load_context *context)
{
	const struct machine *machine = &input->machine;
	const struct kernel_traits traits = {
		.arch = context->arch,
		.release = running_kernel_release(&machine->sysroot),
		.page_size = machine->page_size,
		.virtual_bits = machine->linear_map.virtual_bits,
	};
	const struct kexec_obstacle *obstacle;

	if (context->request->crash || context->request->output)
		return 0;
	obstacle = kernel_quirks_find(&traits);
	if (!obstacle)
		obstacle = cpu_stop_find_obstacle(context->arch, &machine->devicetree,
						  &machine->sysroot);
	return obstacle ? kexec_permission_report_obstacle(obstacle, context->log) : 0;
}

/* A mismatch ends in a reset only where purgatory knows how to ask for one. */
int running_check_reset(const struct load_input *input, const struct load_context *context)
{
	const struct options *options = context->request;

	if (context->choice.call != KEXEC_CALL_LOAD ||
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
