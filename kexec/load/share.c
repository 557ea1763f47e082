/* SPDX-License-Identifier: GPL-2.0-only */
/* Several CPUs verify: --cpus. */
#include <errno.h>
#include <inttypes.h>

#include "cpu/online_cpus.h"
#include "load/phases.h"

/*
 * Choose the CPUs that purgatory may start. One alone needs nothing. A machine without the wanted
 * number is no reason to refuse, as fewer CPUs verify the same.
 */
int share_choose_cpus(struct load_input *input, const struct load_context *context)
{
	const struct machine *machine = &input->machine;
	const unsigned int wanted = context->request->cpus;
	int error;

	if (wanted < 2)
		return 0;
	error = online_cpus_read(&input->cpus, context->arch, &machine->devicetree,
				 &machine->sysroot, machine->reset_method, context->log);
	if (error)
		return error;
	input->sharing = (unsigned int)input->cpus.count;
	if (wanted != OPTIONS_CPUS_ALL && wanted < input->sharing)
		input->sharing = wanted;
	if (wanted != OPTIONS_CPUS_ALL && wanted > input->sharing)
		log_warning(context->log, "--cpus=%u: %zu CPUs are online, and these verify",
			    wanted, input->cpus.online);
	if (input->sharing < 2)
		input->sharing = 0;
	log_debug(context->log, "%zu CPUs are online, and %u verify", input->cpus.online,
		  input->sharing ? input->sharing : 1);
	return 0;
}

/*
 * Place what the CPUs share, and their stacks. It is memory of zeros, which purgatory clears
 * itself, so the manifest does not list it. It has a digest of each of the manifest's chunks.
 */
int share_place(struct load_layout *layout, const struct load_input *input,
		const struct load_context *context)
{
	const uint64_t chunks = (range_size(layout->manifest_range) - sizeof(struct manifest)) /
				sizeof(struct manifest_chunk);
	struct hole_request request = {
		.size = PURGATORY_CPU_LINES_SIZE + chunks * SHA256_DIGEST_SIZE,
		.alignment = 1,
		.bounds = layout->place.above_kernel,
	};
	struct segment segment = {
		.role = SEGMENT_CPUS,
		.permissions = SEGMENT_READ | SEGMENT_WRITE,
	};
	struct range hole;
	int error;

	if (!input->sharing)
		return 0;
	if (align_up(&request.size, request.size, PURGATORY_CPU_GUARD_SIZE))
		return -EOVERFLOW; /* the manifest is limited */
	layout->cpus.stacks = request.size;
	request.size += input->cpus.count * (PURGATORY_CPU_GUARD_SIZE + PURGATORY_CPU_STACK_SIZE);
	error = plan_reserve_hole(&layout->plan, &request, plan_role_name(SEGMENT_CPUS), &hole,
				  context->log);
	if (error)
		return error;
	layout->cpus.range = (struct range){hole.start, hole.start + request.size};
	layout->cpus.stacks += hole.start;
	segment.address = hole.start;
	segment.memory_size = request.size;
	return plan_add_segment(&layout->plan, &segment, context->log);
}
