/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The time that purgatory takes to verify, for C cycles a byte at f Hz and B bytes:
 *
 *   caches on   B * max(C / f, 1 / read) + D / 64 * t
 *   MMU off     B * C / f + B / 64 * N * t		(arm64 alone)
 *
 * Several CPUs divide B, in groups of chunks as many as the engine has lanes, so that the last
 * round takes as long as all others. What all of them read together is their limit, where it is
 * known.
 *
 * N is the number of accesses to data for a block of 64 bytes, each of which takes t. D is how many
 * bytes are cleaned (arm64 alone): a line counts as an access, because it takes at most as long.
 * This is the model of tests/bench/model.py without what does not grow, some milliseconds.
 */
#include "digest/verify_time.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/cpuinfo.h"
#include "digest/cpu_figures.h"
#include "digest/engine_choice.h"
#include "manifest.h"
#include "purgatory.h"

/*
 * Accesses for a block with the MMU off: the loads of 16 bytes of the two engines that are made for
 * it (docs/engines.md), and what was counted of the portable one (tests/bench/baseline.csv).
 */
#define ACCESSES	 4
#define ACCESSES_GENERIC 30

/* ns for an access past the caches, where no figure is known: the longer of those that are. */
#define UNCACHED_DEFAULT 130

/* Bytes, of all CPUs that there are figures of. */
#define CACHE_LINE 64

/* The value of a field of cpuinfo as a number; 0: there is none. */
static uint64_t read_field(const char *lines, const char *name)
{
	const char *value = cpuinfo_find_field(lines, name);

	return value ? strtoull(value, NULL, 0) : 0;
}

static struct cpu_model read_model(const char *lines)
{
	return (struct cpu_model){
		.implementer = read_field(lines, "CPU implementer"),
		.part = read_field(lines, "CPU part"),
		.vendor = read_field(lines, "mvendorid"),
		.microarchitecture = read_field(lines, "marchid"),
	};
}

/* Describe a CPU without figures, by the numbers that name its model. */
static void describe_unknown(char text[VERIFY_TIME_CPU_SIZE], const struct cpu_model *model)
{
	if (model->implementer)
		snprintf(text, VERIFY_TIME_CPU_SIZE, "implementer 0x%llx, part 0x%llx",
			 (unsigned long long)model->implementer, (unsigned long long)model->part);
	else if (model->vendor)
		snprintf(text, VERIFY_TIME_CPU_SIZE, "mvendorid 0x%llx, marchid 0x%llx",
			 (unsigned long long)model->vendor,
			 (unsigned long long)model->microarchitecture);
	else
		text[0] = '\0';
}

/* The highest clock of a CPU in MHz; 0: unknown. */
static uint32_t read_clock(const struct sysroot *sysroot, uint64_t processor)
{
	char path[96];
	long kilohertz;

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%llu/cpufreq/cpuinfo_max_freq",
		 (unsigned long long)processor);
	if (sysroot_read_number(sysroot_open_descriptor(sysroot, path, 0), &kilohertz) ||
	    kilohertz < 1000 || kilohertz / 1000 > UINT32_MAX)
		return 0;
	return (uint32_t)(kilohertz / 1000);
}

/* The engine that purgatory will take; see arch_choose_engine() of purgatory. */
static uint32_t expect_engine(const struct verify_time_request *request)
{
	const struct arch_engine *entry = request->arch->engines;

	if (request->engine != PURGATORY_ENGINE_AUTO)
		return request->engine;
	if (!request->arch->engine_chosen_late)
		return SHA256_GENERIC;
	for (; entry->engine != SHA256_GENERIC; entry++)
		if (entry->caches != (request->caches_on ? ENGINE_CACHES_OFF : ENGINE_CACHES_ON) &&
		    request->available.engines >> entry->engine & 1)
			break;
	return entry->engine;
}

/*
 * How many messages an engine hashes at once, of this architecture or another one; 0: one. rvv:
 * with VLEN 256, which the one CPU has whose figure for it is known.
 */
static const uint8_t lanes[SHA256_ENGINE_COUNT] = {
	[SHA256_ARM64_SHA2_X2] = 2,
	[SHA256_ARM64_NEON_X4] = 4,
	[SHA256_RISCV64_ZVKNH_X2] = 2,
	[SHA256_RISCV64_RVV] = 8,
};

/* The bytes that the CPU with the most of them hashes, if CPUs take groups of chunks in turn. */
static double share(uint64_t bytes, uint32_t engine, unsigned int cpus)
{
	const uint64_t group = (uint64_t)MANIFEST_CHUNK_SIZE * (lanes[engine] ? lanes[engine] : 1);
	uint64_t groups, own;

	if (cpus < 2)
		return (double)bytes;
	groups = bytes / group + (bytes % group != 0);
	own = (groups / cpus + (groups % cpus != 0)) * group;
	return (double)(own < bytes ? own : bytes);
}

/* The time for all bytes, in microseconds. */
static uint64_t compute(const struct cpu_figures *figures, uint32_t megahertz, uint32_t engine,
			const struct verify_time_request *request)
{
	const double bytes = (double)request->bytes;
	const double cycles = figures->cycles[engine] / 100.0;
	const uint32_t uncached = figures->uncached ? figures->uncached : UNCACHED_DEFAULT;
	double own, microseconds;

	if (!request->caches_on) {
		const int accesses = engine == SHA256_GENERIC ? ACCESSES_GENERIC : ACCESSES;

		return (uint64_t)(bytes * cycles / megahertz +
				  bytes / SHA256_BLOCK_SIZE * accesses * uncached / 1000);
	}
	own = share(request->bytes, engine, request->cpus);
	microseconds = own * cycles / megahertz;
	if (figures->read && own / figures->read > microseconds)
		microseconds = own / figures->read;
	if (request->cpus > 1 && figures->read_all && bytes / figures->read_all > microseconds)
		microseconds = bytes / figures->read_all;
	if (request->arch->caches_need_tables && request->bytes)
		microseconds +=
			(double)request->cleaned * own / bytes / CACHE_LINE * uncached / 1000;
	return (uint64_t)microseconds;
}

/* Predict for one CPU; its number and model are in @lines of cpuinfo. */
static void predict_one(struct verify_time *time, const char *lines,
			const struct verify_time_request *request)
{
	const struct cpu_model model = read_model(lines);
	const struct cpu_figures *figures = cpu_figures_find(&model);

	time->state = VERIFY_TIME_UNKNOWN_CPU;
	describe_unknown(time->cpu, &model);
	if (!figures)
		return;
	snprintf(time->cpu, sizeof(time->cpu), "%s", figures->name);
	time->megahertz = read_clock(request->sysroot, read_field(lines, "processor"));
	time->clock_assumed = !time->megahertz && figures->megahertz;
	if (time->clock_assumed)
		time->megahertz = figures->megahertz;
	if (!figures->cycles[time->engine])
		time->state = VERIFY_TIME_UNKNOWN_ENGINE;
	else if (!time->megahertz)
		time->state = VERIFY_TIME_UNKNOWN_CLOCK;
	else {
		time->state = VERIFY_TIME_KNOWN;
		time->microseconds = compute(figures, time->megahertz, time->engine, request);
	}
}

/* True if @time tells more about the longest time than @worst: an unknown one may be longer. */
static bool is_worse(const struct verify_time *time, const struct verify_time *worst)
{
	if (worst->state != VERIFY_TIME_KNOWN || time->state != VERIFY_TIME_KNOWN)
		return worst->state == VERIFY_TIME_KNOWN;
	return time->microseconds > worst->microseconds;
}

void verify_time_predict(struct verify_time *time, const struct verify_time_request *request)
{
	struct verify_time next;
	const char *lines;
	char *text;
	size_t size;

	*time = (struct verify_time){
		.state = VERIFY_TIME_UNKNOWN_CPU,
		.engine = expect_engine(request),
		.bytes = request->bytes,
		.cpus = request->caches_on ? request->cpus : 1,
	};
	if (sysroot_read(request->sysroot, CPUINFO, &text, &size))
		return;
	next = *time;
	predict_one(time, text, request);
	for (lines = cpuinfo_next(text); request->any_cpu && lines; lines = cpuinfo_next(lines)) {
		if (!cpuinfo_find_field(lines, "processor"))
			continue;
		predict_one(&next, lines, request);
		if (is_worse(&next, time))
			*time = next;
	}
	free(text);
}

void verify_time_format_short(char text[32], const struct verify_time *time)
{
	const double milliseconds = (double)time->microseconds / 1000;

	if (milliseconds < 1)
		snprintf(text, 32, "less than 1 ms");
	else if (milliseconds < 1000)
		snprintf(text, 32, "about %.0f ms", milliseconds);
	else if (milliseconds < 10000)
		snprintf(text, 32, "about %.1f s", milliseconds / 1000);
	else
		snprintf(text, 32, "about %.0f s", milliseconds / 1000);
}

void verify_time_format(char text[VERIFY_TIME_TEXT_SIZE], const struct verify_time *time)
{
	const char *space = *time->cpu ? ": " : "";
	char short_text[32], count[32] = "a ";

	if (time->cpus > 1)
		snprintf(count, sizeof(count), "%u CPUs like a ", time->cpus);

	switch (time->state) {
	case VERIFY_TIME_KNOWN:
		verify_time_format_short(short_text, time);
		snprintf(text, VERIFY_TIME_TEXT_SIZE,
			 "%s, predicted for %s%s at %u.%02u GHz%s, never measured there",
			 short_text, count, time->cpu, time->megahertz / 1000,
			 time->megahertz % 1000 / 10,
			 time->clock_assumed ? " (its clock is assumed)" : "");
		break;
	case VERIFY_TIME_UNKNOWN_CPU:
		snprintf(text, VERIFY_TIME_TEXT_SIZE, "no prediction for an unknown CPU%s%s", space,
			 time->cpu);
		break;
	case VERIFY_TIME_UNKNOWN_CLOCK:
		snprintf(text, VERIFY_TIME_TEXT_SIZE,
			 "no prediction for a %s, whose clock is unknown here", time->cpu);
		break;
	case VERIFY_TIME_UNKNOWN_ENGINE:
		snprintf(text, VERIFY_TIME_TEXT_SIZE,
			 "no prediction, because there is no figure of %s on a %s",
			 engine_choice_name(time->engine), time->cpu);
		break;
	default:
		snprintf(text, VERIFY_TIME_TEXT_SIZE, "nothing is verified");
	}
}
