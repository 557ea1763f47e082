/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the user asks for: the parsed command line.
 */
#ifndef LOAD_REQUEST_H
#define LOAD_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/arch.h"
#include "base/range.h"
#include "purgatory.h"

/* --mmu: whether purgatory gets page tables. */
enum mmu_option {
	MMU_AUTO, /* if that is possible */
	MMU_ON,	  /* else the load is refused */
	MMU_OFF,
};

/* Which system call loads. */
enum call_option {
	CALL_AUTO, /* kexec_load(2) if possible, because purgatory then verifies the load */
	CALL_LOAD,
	CALL_FILE_LOAD,
};

/* --plan: whether a load is shown instead of made, and how. */
enum plan_option {
	PLAN_NONE,
	PLAN_TEXT,
	PLAN_JSON,
	PLAN_SVG,
};

/* The most options without effect that are remembered, and the NULL behind them. */
#define OPTIONS_INEFFECTIVE_MAX 9

/* --cpus=all, which is more than any number. */
#define OPTIONS_CPUS_ALL UINT32_MAX

/* The most --initrd options, more than anybody needs. */
#define OPTIONS_INITRD_MAX 16

/* What the command line asks for. Strings point into argv. */
struct options {
	/* The steps, carried out in this order. The option letters of kexec-tools decide which. */
	bool help;	       /* print --help to stdout, nothing else */
	bool version;	       /* print the version to stdout, nothing else */
	bool print_crash_size; /* print the size of the crash kernel's region, nothing else */
	bool last_report;      /* print purgatory's report to stdout, nothing else */
	bool status;
	bool capture; /* write to capture_path what plans need of this system, nothing else */
	bool show;    /* tell what is loaded, with status after that */
	bool unload;
	bool load;
	bool reboot; /* through the system, if no action was named */
	bool sync;
	bool ifdown;
	bool exec;

	bool crash; /* the other fields are about the crash kernel */

	bool debug;
	bool details; /* --debug twice */
	bool quiet;
	/* Options that were given and never have an effect, without their dashes; NULL at the end.
	 */
	const char *ineffective[OPTIONS_INEFFECTIVE_MAX];
	bool no_checks;
	bool reuse_cmdline;
	bool reuse_initrd;
	bool any_board;		/* the tree may be for another board than the running one */
	bool on_mismatch_given; /* --on-mismatch was given, with any argument */
	bool hotplug;
	bool no_cma;
	enum plan_option plan;
	const char *kernel; /* NULL if none was named */
	const char *type;
	const char *append;
	const char *initrds[OPTIONS_INITRD_MAX]; /* concatenated */
	size_t initrd_count;
	const char *dtb;
	const char *serial;
	struct range memory_bounds; /* --mem-min, --mem-max (inclusive on the command line) */
	enum purgatory_policy mismatch_policy;
	enum mmu_option mmu;
	uint32_t engine; /* enum sha256_engine, or PURGATORY_ENGINE_AUTO */
	unsigned int
		cpus; /* --cpus: how many verify, or OPTIONS_CPUS_ALL; 0: not given, which is 1 */
	enum call_option call;

	const struct arch *target; /* --target; NULL: the running machine's */
	const char *sysroot;	   /* --sysroot; NULL: the running system */
	const char *capture_path;
	const char *output; /* --output; NULL: the system call */
};

/* True if nothing is loaded: --plan or --output. */
static inline bool request_is_plan(const struct options *options)
{
	return options->plan != PLAN_NONE || options->output;
}

#endif
