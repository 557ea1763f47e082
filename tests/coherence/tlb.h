/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What may be in the TLB: any translation through any root that was in force since the last
 * invalidation, and what was there at entry. One half for each TTBR.
 */
#ifndef COHERENCE_TLB_H
#define COHERENCE_TLB_H

#include <stdbool.h>
#include <stdint.h>

#include "translate.h"

#define TLB_ROOT_MAX 16

struct tlb_half {
	struct root roots[TLB_ROOT_MAX]; /* the last is the current one if it is enabled */
	bool in_force[TLB_ROOT_MAX];	 /* perhaps still: no ISB since it was replaced */
	unsigned int count;
	struct root current;
	/* Entries from before purgatory. They agree with @entry alone, if that is enabled. */
	bool foreign;
	struct root entry;
};

struct tlb {
	struct tlb_half halves[2];
	bool invalidating; /* to be completed by a DSB */
};

/* At purgatory's entry, with these roots for TTBR0 and TTBR1. */
void tlb_init(struct tlb *tlb, const struct root roots[2]);

/* A root was written. Returns false if there were too many to remember. */
bool tlb_set_root(struct tlb *tlb, unsigned int half, const struct root *root);

/* Invalidation of the whole regime, and barriers. */
void tlb_invalidate(struct tlb *tlb);
void tlb_dsb(struct tlb *tlb);
void tlb_isb(struct tlb *tlb);

/* Whether an entry that the current root does not make may serve @address. */
bool tlb_may_be_stale(const struct tlb *tlb, unsigned int half, const struct memory *memory,
		      uint64_t address);

/* Whether there may be any entry at all. */
bool tlb_may_have_entries(const struct tlb *tlb);

#endif
