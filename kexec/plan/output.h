/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * --output: write the segments that the system call would get.
 */
#ifndef PLAN_OUTPUT_H
#define PLAN_OUTPUT_H

#include "arch/arch.h"
#include "base/log.h"
#include "plan/plan.h"
#include "plan/wrapped_image.h"

/* A patched symbol of purgatory, for the record. */
struct output_symbol {
	const char *name;
	uint64_t address; /* physical */
};

/* A plan that is written, but not yet in its place. */
struct output;

/*
 * Write one file per segment and plan.json to @directory, under temporary names, and the Image if
 * the plan is @wrapped into one (else NULL). The directory is made if it does not exist. @flags are
 * KEXEC_* without the architecture, which is added; @engine and @console are the names of
 * purgatory's engine and console. @plan, @directory and @log must stay valid until output_close(),
 * which lets other runs into the directory again. Returns 0, or -errno with a message, and then
 * leaves nothing behind; -EBUSY if another run has the directory.
 */
int output_write(struct output **output, const struct plan *plan,
		 const struct wrapped_image *wrapped, const struct arch *arch, unsigned long flags,
		 const char *engine, const char *console, const struct output_symbol *symbols,
		 size_t symbol_count, const char *directory, const struct log *log);

/*
 * Replace a former plan in the directory by the written one. Other files there stay. Returns 0, or
 * -errno with a message; then the former plan is as it was.
 */
int output_place(struct output *output);

/* Remove what was not placed, and free the handle; harmless on NULL. */
void output_close(struct output *output);

#endif
