/* SPDX-License-Identifier: GPL-2.0-only */
/* What purgatory is to know and to verify. */
#include <errno.h>

#include "base/threads.h"
#include "digest/running_engine.h"
#include "load/state.h"
#include "plan/purgatory_load.h"
#include "sha256.h"

int load_start_hashing(struct load *load)
{
	if (load->options->no_checks)
		return 0;
	if (chunk_hash_open(&load->hash, running_engine(), threads_usable_cpus()))
		return log_error(load->log, -ENOMEM, "no memory for hashing");
	return 0;
}

int load_build_tables(struct load *load)
{
	return tables_build(&load->tables, load->log);
}

int load_patch_purgatory(struct load *load)
{
	const struct purgatory_settings settings = {
		.address = load->plan.entry,
		.kernel_entry = load->place.kernel.start + load->image.entry,
		.kernel_dtb = load->dtb_address,
		.manifest = load->manifest_range,
		.tables = &load->tables,
		.console = load->machine.console,
		.timer_frequency = load->machine.timer_frequency,
		.engine = load->engine,
		.reset_method = load->machine.reset_method,
		.mismatch_policy = load->options->mismatch_policy,
	};

	return purgatory_patch(load->purgatory, &settings, load->log);
}

/* What was patched so far is covered by the manifest; the digests that follow are not. */
int load_seal_tables(struct load *load)
{
	return purgatory_patch_tables_digest(load->purgatory, &load->tables, load->log);
}

/* From here on nothing that the manifest covers may change. */
int load_seal_manifest(struct load *load)
{
	uint8_t digest[SHA256_DIGEST_SIZE];

	manifest_write(load->manifest, load->plan.segments, load->plan.segment_count, load->hash,
		       load->log->progress);
	/* What was hashed in vain need not be finished. */
	chunk_hash_cancel(load->hash);
	sha256_digest(running_engine(), load->manifest, range_size(load->manifest_range), digest);
	return purgatory_patch_manifest_digest(load->purgatory, digest, load->log);
}
