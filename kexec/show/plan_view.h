/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A load as it is shown: all that --plan, plan.json and --debug say of it. load/view.c fills it in.
 */
#ifndef SHOW_PLAN_VIEW_H
#define SHOW_PLAN_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/arch.h"
#include "base/log.h"
#include "cpu/online_cpus.h"
#include "digest/verify_time.h"
#include "machine/machine.h"
#include "plan/plan.h"
#include "plan/table_sets.h"
#include "plan/wrapped_image.h"

/* A file that the user named, and what it is to the load. */
struct plan_file {
	const char *path;    /* or what takes its place, such as "(in the kernel's file)" */
	const char *purpose; /* "kernel", "initrd", "device tree" */
	const char *format;  /* of a kernel, or NULL */
	uint64_t size;	     /* bytes; 0: unknown */
	uint64_t memory;     /* bytes that a kernel needs to run from there, or 0 */
};

/* At least the kernel, all initrds and a device tree. */
#define PLAN_FILES_MAX 20

/* Options that had no effect, at most. */
#define PLAN_OPTIONS_MAX 16

/* A patched symbol of purgatory, for the record. */
struct plan_symbol {
	const char *name;
	uint64_t address; /* physical */
};

/* The rest of it belongs to others. */
struct plan_view {
	const struct arch *arch;
	bool crash;
	const char *call;	/* "kexec_load" */
	const char *reason;	/* why that call: a clause behind "because" */
	unsigned long flags;	/* KEXEC_* of kexec_load(2), with the architecture */
	const char *unverified; /* why purgatory verifies nothing, a clause; NULL: it does */
	enum purgatory_policy policy;

	struct plan_file files[PLAN_FILES_MAX];
	size_t file_count;
	const char *command_line;		   /* of the next kernel; NULL: none */
	const char *ineffective[PLAN_OPTIONS_MAX]; /* options without their dashes, NULL at the end
						    */
	const struct log_record *warnings;

	const struct machine *machine;
	const struct range *crash_region; /* for a crash kernel */

	/* NULL where the running kernel places everything: kexec_file_load(2). */
	const struct plan *plan;
	const struct table_sets *tables;
	const struct wrapped_image *wrapped; /* or NULL */
	struct plan_symbol *symbols;	     /* owned by load/view.c */
	size_t symbol_count;
	uint32_t engine;		  /* that purgatory is told */
	unsigned int cpus;		  /* how many verify */
	const struct online_cpus *others; /* with several: those of which they are */
	struct verify_time time;
};

#endif
