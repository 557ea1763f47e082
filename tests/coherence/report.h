/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Findings: what the model says that a real machine might do wrong.
 */
#ifndef COHERENCE_REPORT_H
#define COHERENCE_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum finding_kind {
	FINDING_NONE,
	FINDING_READ_DIRTY,   /* uncached read of a line whose newest bytes may be in a cache */
	FINDING_WRITE_DIRTY,  /* uncached write to such a line, whose write-back may undo it */
	FINDING_READ_STALE,   /* cached read where an older line may be in the cache */
	FINDING_WRITE_STALE,  /* cached write into such a line */
	FINDING_FETCH_DIRTY,  /* fetch where the newest bytes may be in the data cache alone */
	FINDING_FETCH_STALE,  /* fetch through a unified cache that may have an older line */
	FINDING_FETCH_ICACHE, /* fetch where the I-cache may have an older line */
	FINDING_WALK_DIRTY,   /* the same two for a read of a table by the walker */
	FINDING_WALK_STALE,
	FINDING_DROP_DIRTY,	 /* dirty line invalidated without being cleaned */
	FINDING_SET_WAY,	 /* maintenance by set and way */
	FINDING_TRANSLATION,	 /* the TLB may have an entry of another root for the address */
	FINDING_SYNCHRONISATION, /* control register used before a context synchronization */
	FINDING_TTBR,		 /* access between the write of a TTBR and its ISB: ThunderX2 219 */
	FINDING_ORDER,		 /* maintenance by address not ordered after an uncached write */
	FINDING_E1041,		 /* MMU off without an ISB just before: Falkor erratum 1041 */
	FINDING_KERNEL_DIRTY,	 /* at the kernel's entry: line of a segment may be dirty */
	FINDING_KERNEL_STALE,	 /* ... or clean and older than memory */
	FINDING_KERNEL_ICACHE,	 /* ... the I-cache may have a line of purgatory, an older one */
	FINDING_KERNEL_TLB,	 /* ... the TLB may have an entry */
	FINDING_KERNEL_STATE,	 /* ... the MMU or the data cache is on */
	FINDING_MODEL,		 /* the model and QEMU differ: trust neither */
	FINDING_KIND_COUNT
};

#define FINDING_MAX 512

/* Findings of a kind at one instruction in one segment are one: the first address and a count. */
struct finding {
	enum finding_kind kind;
	uint64_t pc;
	uint64_t address;    /* physical, or virtual where a translation is meant */
	const char *segment; /* its name, not owned */
	uint64_t count;
};

struct report {
	struct finding findings[FINDING_MAX];
	unsigned int count;
	bool overflow; /* more findings than fit */
};

/* Note a finding. @segment, one pointer for each, is the name of what @address lies in. */
void report_add(struct report *report, enum finding_kind kind, uint64_t pc, uint64_t address,
		const char *segment);

/* Write one line for each finding: "finding kind=K pc=X address=X segment=S count=N". */
void report_write(const struct report *report, FILE *file);

#endif
