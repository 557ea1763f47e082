/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writing the manifest: the format is in include/manifest.h.
 */
#ifndef PLAN_MANIFEST_BUILD_H
#define PLAN_MANIFEST_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/progress.h"
#include "digest/chunk_hash.h"
#include "manifest.h"
#include "plan/plan.h"
#include "sha256.h"

/*
 * The size in bytes of the manifest of these segments, which need not be placed yet. With @verify
 * false the manifest lists only what purgatory has to clean, and nothing is verified.
 */
uint64_t manifest_build_size(const struct segment *segments, size_t count, bool verify);

/* True if purgatory, with the caches on, cleans the lines of segments of that role as it reads
 * them. */
bool manifest_build_is_cleaned(enum segment_role role);

/*
 * Write the manifest of all covered bytes of the segments to @manifest, a zeroed buffer of
 * manifest_build_size() bytes. Purgatory comes first, so that the code that checks is checked
 * before the rest. The manifest's own segment is left out if it is among them. The result depends
 * on the segments alone. @hash does the hashing; the segments' data are final from here on and may
 * have been offered to it before. NULL: nothing is verified, see manifest_build_size(). @progress
 * may be NULL.
 */
void manifest_build_write(struct manifest *manifest, const struct segment *segments, size_t count,
			  struct chunk_hash *hash, struct progress *progress);

#endif
