/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * --output: write what the system call would get.
 */
#ifndef PLAN_OUTPUT_H
#define PLAN_OUTPUT_H

#include "arch/arch.h"
#include "base/log.h"
#include "plan/plan.h"

/* A patched symbol of purgatory, for the record. */
struct output_symbol {
	const char *name;
	uint64_t address; /* physical */
};

/*
 * Write one file per segment and plan.json to @directory, which is made if it does not exist.
 * @flags are KEXEC_* without the architecture, which is added; @engine is the name of purgatory's.
 * A former plan in the directory is replaced once the new one is written in full. Returns 0, or
 * -errno with a message.
 */
int output_plan(const struct plan *plan, const struct arch *arch, unsigned long flags,
		const char *engine, const struct output_symbol *symbols, size_t symbol_count,
		const char *directory, const struct log *log);

#endif
