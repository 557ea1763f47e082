/* SPDX-License-Identifier: GPL-2.0-only */
/* The values that purgatory knows, and the digests that it verifies. */
#include <errno.h>

#include "digest/running_engine.h"
#include "digest/sha256_digest.h"
#include "load/phases.h"
#include "plan/fdt_edit.h"
#include "plan/purgatory_load.h"
#include "sha256.h"

int describe_tables(struct load_layout *layout, const struct load_context *context)
{
	return table_sets_build(&layout->tables, context->log);
}

int describe_purgatory(struct load_layout *layout, const struct load_input *input,
		       const struct load_context *context)
{
	const struct purgatory_settings settings = {
		.address = layout->plan.entry,
		.kernel_entry = layout->place.kernel.start + input->image.entry,
		.kernel_dtb = layout->dtb_address,
		.report = layout->dtb_address + fdt_edit_report_offset(&layout->dtb),
		.manifest = layout->manifest_range,
		.tables = &layout->tables,
		.console = input->machine.console,
		.pstore = input->machine.ramoops.range,
		.pstore_block_size = input->machine.ramoops_block_size,
		.cache_block_size = input->machine.cache_block_size,
		.timer_frequency = input->machine.timer_frequency,
		.time_limit = input->machine.time_limit,
		.cpu_features = input->machine.cpu_features,
		.engine = input->engine,
		.cpus = &input->cpus,
		.cpus_count = input->sharing,
		.cpus_address = layout->cpus.range.start,
		.cpus_stacks = layout->cpus.stacks,
		.reset_method = input->machine.reset_method,
		.mismatch_policy = context->request->mismatch_policy,
	};

	return purgatory_load_patch(layout->purgatory, &settings, context->log);
}

/*
 * The manifest covers everything that was patched so far. It does not cover the digests that
 * follow.
 */
int describe_tables_digest(struct load_layout *layout, const struct load_context *context)
{
	return purgatory_load_patch_tables_digest(layout->purgatory, &layout->tables, context->log);
}

/* From here on nothing that the manifest covers may change. */
int describe_manifest(struct load_layout *layout, const struct load_input *input,
		      const struct load_context *context)
{
	uint8_t digest[SHA256_DIGEST_SIZE];

	manifest_build_write(layout->manifest, layout->plan.segments, layout->plan.segment_count,
			     input->hash, context->log->progress);
	/* Chunks that are not needed need not be finished. */
	chunk_hash_cancel(input->hash);
	sha256_digest(running_engine(), layout->manifest, range_size(layout->manifest_range),
		      digest);
	return purgatory_load_patch_manifest(layout->purgatory, layout->manifest, digest,
					     layout->place.kernel.start + input->image.entry,
					     context->log);
}
