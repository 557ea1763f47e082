/* SPDX-License-Identifier: GPL-2.0-only */
/* How long verification will take, by prediction, and whether a watchdog is faster. */
#include "load/phases.h"
#include "machine/watchdogs.h"

/* The bytes that purgatory hashes: what the manifest covers, and the page tables. */
static uint64_t count_bytes(const struct load_layout *layout)
{
	uint64_t bytes = range_size(layout->tables.segment) + range_size(layout->manifest_range);

	for (size_t i = 0; i < layout->plan.segment_count; i++)
		bytes += layout->plan.segments[i].covered;
	return bytes;
}

/* Of these, what is cleaned. */
static uint64_t count_cleaned(const struct plan *plan)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < plan->segment_count; i++)
		if (manifest_build_is_cleaned(plan->segments[i].role))
			bytes += plan->segments[i].covered;
	return bytes;
}

int predict_time(const struct load_layout *layout, struct load_input *input,
		 const struct load_context *context)
{
	const struct verify_time_request request = {
		.arch = context->arch,
		.sysroot = &input->machine.sysroot,
		.engine = input->engine,
		.available = input->engines,
		.caches_on = !context->arch->caches_need_tables ||
			     layout->tables.reason == PURGATORY_MMU_ON,
		.any_cpu = context->request->crash,
		.bytes = count_bytes(layout),
		.cleaned = count_cleaned(&layout->plan),
		.cpus = input->sharing ? input->sharing : 1,
	};

	if (context->request->no_checks)
		return 0;
	verify_time_predict(&input->verify_time, &request);
	return 0;
}

int predict_check_watchdogs(const struct load_input *input, const struct load_context *context)
{
	if (input->verify_time.state == VERIFY_TIME_KNOWN)
		watchdogs_warn(&input->machine.sysroot, input->verify_time.microseconds,
			       context->request->crash, context->log);
	return 0;
}
