/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The manifest: the list of what purgatory verifies. kexec writes it as a segment of its own.
 * Purgatory checks the manifest's digest (a patched symbol, see purgatory.h) before it trusts any
 * field here.
 *
 * All fields are little endian, the byte order of all arm64 and riscv64 kernels that kexec loads.
 */
#ifndef MANIFEST_H
#define MANIFEST_H

#include <stdint.h>

#include "sha256.h"

/* The first eight bytes, "KXMANIFE" read as a little-endian integer. */
#define MANIFEST_MAGIC	 UINT64_C(0x4546494e414d584b)
#define MANIFEST_VERSION 1

/*
 * Every segment is divided into chunks of this size, of which the last one may be shorter. The
 * format fixes the size, so that a digest never depends on who computes it, on how many CPUs or
 * with which instructions.
 */
#define MANIFEST_CHUNK_SIZE (UINT64_C(1) << 20)

/* The most bytes of a manifest, enough for 1 TiB. A larger size is damage. */
#define MANIFEST_SIZE_MAX (UINT64_C(1) << 26)

/*
 * The purpose of a segment. The numbers are part of the format; plan_role_name() has their names.
 */
enum segment_role {
	SEGMENT_KERNEL,
	SEGMENT_INITRD,
	SEGMENT_DTB,
	SEGMENT_PURGATORY,
	SEGMENT_MANIFEST,
	SEGMENT_PAGETABLE,
	SEGMENT_ELFCOREHDR,
	SEGMENT_CPUS, /* what the CPUs share that verify together; no chunk has this role */
	SEGMENT_ROLE_COUNT
};

/* Names of the roles, in plan.json and in purgatory's MISMATCH line, indexed by the role. */
#define SEGMENT_ROLE_NAMES                                          \
	{                                                           \
		"kernel",   "initrd",	 "dtb",	       "purgatory", \
		"manifest", "pagetable", "elfcorehdr", "cpus",      \
	}

/*
 * Flag of a chunk: with caches on, clean and invalidate its lines to the Point of Coherency before
 * they are read. arm64's boot protocol asks for this for what the next kernel reads before its own
 * caches are on: the kernel's image.
 */
#define MANIFEST_CHUNK_CLEAN 1

/* Flag of a chunk: the user asked for no verification, so it has no digest and is only cleaned. */
#define MANIFEST_CHUNK_UNCHECKED 2

/* One piece of physical memory and the digest that it must have. */
struct manifest_chunk {
	uint64_t address; /* physical, aligned to 8 bytes */
	uint64_t length;  /* bytes, 1 to MANIFEST_CHUNK_SIZE */
	uint64_t offset;  /* of the chunk from the start of its segment, for the report */
	uint32_t role;	  /* enum segment_role */
	uint32_t flags;	  /* MANIFEST_CHUNK_* */
	uint8_t digest[SHA256_DIGEST_SIZE];
};

/* The manifest's segment: this header, then the chunks in the order in which they are verified. */
struct manifest {
	uint64_t magic;
	uint32_t version;
	uint32_t chunk_count;
	struct manifest_chunk chunks[];
};

#endif
