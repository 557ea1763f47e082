/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Several CPUs verify: the CPU that runs purgatory (the first one) starts others, they share the
 * chunks of the manifest, and all of them are off again before the next kernel is entered.
 * docs/cpus.md has the whole.
 */
#ifndef PURGATORY_CPUS_H
#define PURGATORY_CPUS_H

/*
 * What the CPUs share, for assembler: a cursor, then for each of the others a line of so many
 * bytes (as a power of two) that begins with its stage.
 */
#define CPU_LINE_BITS 7
#define CPU_LINE_SIZE 128

/* enum cpu_stage of a CPU that uses no memory any more, for assembler. */
#define CPU_STAGE_LEFT 3

/* The plain numbers of include/purgatory.h, for assembler. */
#define CPUS_MAX	 8
#define CPU_STACK_STRIDE (4096 + 8192) /* a page that is not mapped, and a stack */

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stdint.h>

#include "manifest.h"
#include "sha256.h"

struct time_limit;

/* What a CPU that was started has come to. It is its own word but for the first two. */
enum cpu_stage {
	CPU_STOPPED, /* nobody has started it */
	CPU_ASKED,   /* firmware was asked to */
	CPU_WORKING, /* it hashes, with the MMU on */
	CPU_LEFT = CPU_STAGE_LEFT,
};

/* What firmware says of a CPU. */
enum cpu_firmware {
	CPU_FIRMWARE_OFF,
	CPU_FIRMWARE_ON,
	CPU_FIRMWARE_PENDING, /* on its way, up or down */
	CPU_FIRMWARE_UNKNOWN, /* an error */
	CPU_FIRMWARE_COUNT
};

/* The CPU for which the next kernel must not be entered, because it may still run. */
struct cpu_fault {
	uint64_t id;
	enum cpu_stage stage;
	enum cpu_firmware firmware;
};

/* What came of it. */
struct cpus {
	uint32_t count; /* how many CPUs verified, the first one among them */
	/* What they computed, in the order of the manifest's chunks; a chunk that nobody hashed has
	 * zeros. */
	const uint8_t (*digests)[SHA256_DIGEST_SIZE];
};

/*
 * Hash all chunks of a manifest, whose digest is right and whose chunks have the right form, with
 * all CPUs that can be started. Call this with the MMU on. Purgatory's own chunks come first, and
 * nobody is started if they are not right. Returns true with all started CPUs off again; or false
 * with @fault if one of them is not.
 */
bool cpus_hash(struct cpus *cpus, const struct manifest *manifest, enum sha256_engine engine,
	       struct time_limit *limit, struct cpu_fault *fault);

/* The words of a report about a CPU that was started. */
const char *cpu_stage_name(enum cpu_stage stage);
const char *cpu_firmware_name(enum cpu_firmware firmware);

/*
 * What a started CPU does: entry code calls this with the MMU on and on the CPU's own stack, with
 * the CPU's index among purgatory_cpus_ids. After it returns, the CPU may write no memory.
 */
void cpus_work(uint64_t index);

#endif
#endif
