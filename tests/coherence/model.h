/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One CPU between purgatory's entry and the next kernel's: its control registers, caches and TLB,
 * and the rules that README.md states. Knows nothing of QEMU.
 */
#ifndef COHERENCE_MODEL_H
#define COHERENCE_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "cache.h"
#include "decode.h"
#include "memory.h"
#include "report.h"
#include "tlb.h"

#define SEGMENT_MAX	    32
#define PAGE_SHIFT	    12
#define TRANSLATION_ENTRIES 256

/* What is known of a segment. */
enum segment_kind {
	SEGMENT_OWN,	 /* purgatory, its tables, its manifest: the next kernel does not read it */
	SEGMENT_PAYLOAD, /* the next kernel reads it, perhaps with the caches off */
	SEGMENT_CACHED,	 /* likewise with the caches on, and what they hold of it is right */
};

struct segment {
	const char *name;
	uint64_t address; /* physical */
	uint64_t size;	  /* bytes, > 0 */
	enum segment_kind kind;
};

/* A CPU's state at purgatory's entry. */
struct cpu {
	unsigned int level; /* exception level: 1 or 2 */
	bool e2h, tge;	    /* HCR_EL2, at EL2 */
	uint64_t control[CONTROL_COUNT];
};

/* A translation that was checked; valid while its generation is the model's. */
struct checked_page {
	uint64_t generation;
	uint64_t page; /* virtual address >> PAGE_SHIFT */
	uint64_t address;
	bool cacheable;
};

struct model {
	struct memory memory;
	struct segment segments[SEGMENT_MAX];
	unsigned int segment_count;

	struct cpu cpu;
	uint64_t synchronised_sctlr; /* as of the last ISB */
	unsigned int unsynchronised; /* bits of enum control_register */
	uint64_t isb;		     /* address of the last ISB */

	struct cache cache;
	struct tlb tlb;
	struct report report;

	/* What was found right stays so until this changes. Never 0 while the model runs. */
	uint64_t generation;
	struct checked_page pages[TRANSLATION_ENTRIES];
	uint64_t counts[3]; /* of fetched blocks, accesses and operations, for the summary */
};

/*
 * Start at purgatory's entry, a physical address. The memory and the segments are set. Returns 0 or
 * -ENOMEM.
 */
int model_enter(struct model *model, const struct cpu *cpu, uint64_t entry);

/* Fetch of @size bytes of instructions at the virtual address @pc. */
void model_fetch(struct model *model, uint64_t pc, uint64_t size);

/* Load or store; @physical is where QEMU says it went, in RAM. */
void model_access(struct model *model, uint64_t pc, uint64_t address, uint64_t size, bool store,
		  uint64_t physical);

/* Maintenance, a barrier or the write of a control register, with the value of its operand. */
void model_operation(struct model *model, uint64_t pc, const struct operation *operation,
		     uint64_t operand);

/* Compare with the control registers that QEMU has. To be called at an ISB. */
void model_compare(struct model *model, uint64_t pc, const uint64_t control[CONTROL_COUNT]);

/* Check what has to hold at the next kernel's entry at @pc. */
void model_leave(struct model *model, uint64_t pc);

/* Physical address for @address by @cpu's registers. Returns false if it is not mapped. */
bool model_locate(const struct memory *memory, const struct cpu *cpu, uint64_t address,
		  uint64_t *physical);

#endif
