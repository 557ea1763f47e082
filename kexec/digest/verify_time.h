/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A prediction of how long purgatory takes to verify a load: the model of docs/performance.md, with
 * the figures of cpu_figures.h. No machine was measured for it.
 */
#ifndef DIGEST_VERIFY_TIME_H
#define DIGEST_VERIFY_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/arch.h"
#include "base/sysroot.h"
#include "digest/cpu_engines.h"

struct verify_time_request {
	const struct arch *arch;
	const struct sysroot *sysroot;
	uint32_t engine; /* that purgatory is told: enum sha256_engine, or PURGATORY_ENGINE_AUTO */
	struct cpu_engines available;
	bool caches_on; /* purgatory gets page tables, or the architecture needs none for caches */
	bool any_cpu;	/* a crash may happen on any CPU; else purgatory runs on CPU 0 */
	uint64_t bytes; /* to be hashed */
	uint64_t cleaned;  /* of these, bytes whose cache lines are cleaned too */
	unsigned int cpus; /* how many verify together, 1 or more; one if the caches are off */
};

/* Why there is no time. */
enum verify_time_state {
	VERIFY_TIME_NONE, /* nothing is verified, or nobody asked */
	VERIFY_TIME_KNOWN,
	VERIFY_TIME_UNKNOWN_CPU,
	VERIFY_TIME_UNKNOWN_CLOCK,
	VERIFY_TIME_UNKNOWN_ENGINE, /* no figure for that engine on that CPU */
};

#define VERIFY_TIME_CPU_SIZE 80

struct verify_time {
	enum verify_time_state state;
	uint32_t engine;		/* enum sha256_engine that purgatory is expected to use */
	char cpu[VERIFY_TIME_CPU_SIZE]; /* its name, or what is known of it; may be "" */
	uint32_t megahertz;		/* 0: unknown */
	bool clock_assumed;		/* that of a well known machine with this CPU */
	uint64_t bytes;
	unsigned int cpus;     /* that the time is of */
	uint64_t microseconds; /* VERIFY_TIME_KNOWN only */
};

/*
 * Predict, for the slowest CPU that purgatory may run on. The clock is the highest that cpufreq
 * names (cpuinfo_max_freq), else that of a well known machine with the CPU. Several CPUs count as
 * if all of them were like that one.
 */
void verify_time_predict(struct verify_time *time, const struct verify_time_request *request);

#define VERIFY_TIME_TEXT_SIZE 256

/* The prediction in words, which say that it is one: "about 25 ms (predicted for ...)". */
void verify_time_format(char text[VERIFY_TIME_TEXT_SIZE], const struct verify_time *time);

/* The time alone: "25 ms", "1.4 s"; of a prediction that is known. */
void verify_time_format_short(char text[32], const struct verify_time *time);

#endif
