/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What page tables cost: how many pages they take and how long they take to build, by payload and
 * by number of segments. Prints the Markdown tables of docs/performance.md.
 *
 * usage: figures
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "arch/page_table_formats.h"
#include "plan/page_table.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define PAGE UINT64_C(4096)
#define MIB  UINT64_C(0x100000)
#define GIB  UINT64_C(0x40000000)

#define MAX_MAPPINGS 64
#define TABLES	     PAGE /* where they lie does not change how long they take */

/* Where the plan lies: RAM from 2 GiB on, as riscv64 has it and Sv32 still reaches. */
#define RAM (2 * GIB)

/* Some mappings that are to be built in a format. */
struct plan {
	const struct page_table_format *format;
	struct mapping mappings[MAX_MAPPINGS];
	size_t count;
};

struct cost {
	uint64_t tables;
	double microseconds; /* to check, count and build */
	bool possible;	     /* false: the format does not reach so far */
};

static void add(struct plan *plan, uint64_t virtual_address, uint64_t address, uint64_t size,
		enum map_intent intent)
{
	plan->mappings[plan->count++] = (struct mapping){
		.virtual_address = virtual_address,
		.physical_address = address,
		.size = size,
		.intent = intent,
		.name = "segment",
	};
}

/* Purgatory's segments, without the guard page below its stack. */
static void add_purgatory(struct plan *plan, uint64_t offset)
{
	add(plan, RAM + MIB + offset, RAM + MIB, 4 * PAGE, MAP_CODE);
	add(plan, RAM + MIB + 4 * PAGE + offset, RAM + MIB + 4 * PAGE, PAGE, MAP_RODATA);
	add(plan, RAM + MIB + 6 * PAGE + offset, RAM + MIB + 6 * PAGE, 2 * PAGE, MAP_DATA);
}

/* A load as kexec plans it: the @payload is the initrd, which starts and ends at an odd page. */
static void add_load(struct plan *plan, uint64_t payload)
{
	add_purgatory(plan, 0);
	add(plan, RAM + 2 * MIB, RAM + 2 * MIB, 32 * MIB - PAGE, MAP_PAYLOAD);
	add(plan, RAM + 40 * MIB, RAM + 40 * MIB, 16 * PAGE, MAP_PAYLOAD);
	add(plan, RAM + 41 * MIB, RAM + 41 * MIB, PAGE, MAP_PAYLOAD);
	add(plan, RAM + 42 * MIB + PAGE, RAM + 42 * MIB + PAGE, payload, MAP_PAYLOAD);
	add(plan, UINT64_C(0x10000000), UINT64_C(0x10000000), PAGE, MAP_DEVICE);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

/* One build, the best of some: others are disturbed by something else. */
static double measure(struct plan *plan, void *tables, uint64_t size, const struct log *log)
{
	double best = 1e9;

	for (unsigned int i = 0; i < 200; i++) {
		const double start = now();
		double time;

		if (page_table_check(plan->format, plan->mappings, plan->count, log) ||
		    page_table_build(plan->format, plan->mappings, plan->count, tables, size,
				     TABLES, log))
			abort();
		time = now() - start;
		if (time < best)
			best = time;
	}
	return best;
}

static struct cost cost_of(struct plan *plan, const struct log *quiet)
{
	struct cost cost = {.possible = false};
	void *tables;

	if (page_table_check(plan->format, plan->mappings, plan->count, quiet))
		return cost;
	cost.tables = page_table_count(plan->format, plan->mappings, plan->count);
	tables = malloc(cost.tables * PAGE);
	if (!tables)
		abort();
	cost.microseconds = measure(plan, tables, cost.tables * PAGE, quiet);
	cost.possible = true;
	free(tables);
	return cost;
}

/* By payload; riscv has the alias in the same root, at an address of its Linux's linear map. */
static void print_payloads(const struct log *quiet)
{
	static const struct {
		const struct page_table_format *format;
		uint64_t linear_map; /* of RAM; 0: no alias below this root */
	} rows[] = {
		{&page_table_arm64_two_ranges_39, 0},
		{&page_table_arm64_two_ranges_48, 0},
		{&page_table_arm64_one_range_39, 0},
		{&page_table_arm64_one_range_48, 0},
		{&page_table_sv32, 0},
		{&page_table_sv39, 0xffffffd600000000},
		{&page_table_sv48, 0xffffaf8000000000},
		{&page_table_sv57, 0xff60000000000000},
	};
	static const uint64_t payloads[] = {MIB, 250 * MIB, 64 * GIB};

	puts("| format | 1 MiB | 250 MiB | 64 GiB |\n|---|---|---|---|");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		printf("| %s |", rows[i].format->name);
		for (size_t j = 0; j < ARRAY_SIZE(payloads); j++) {
			struct plan plan = {.format = rows[i].format};
			struct cost cost;

			add_load(&plan, payloads[j]);
			if (rows[i].linear_map)
				add_purgatory(&plan, rows[i].linear_map - RAM);
			cost = cost_of(&plan, quiet);
			if (cost.possible)
				printf(" %" PRIu64 " pages, %.0f us |", cost.tables,
				       cost.microseconds);
			else
				printf(" out of reach |");
		}
		putchar('\n');
	}
}

/* By number of segments that lie far apart, for two sizes; in format arm64-48. */
static void print_segments(const struct log *quiet)
{
	static const uint64_t counts[] = {1, 2, 4, 8, 16};
	static const uint64_t sizes[] = {MIB, 4 * GIB};

	puts("\n| segments | 1 MiB each | 4 GiB each |\n|---|---|---|");
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		printf("| %" PRIu64 " |", counts[i]);
		for (size_t j = 0; j < ARRAY_SIZE(sizes); j++) {
			struct plan plan = {.format = &page_table_arm64_two_ranges_48};
			struct cost cost;

			for (uint64_t n = 0; n < counts[i]; n++) {
				const uint64_t address = RAM + n * 8 * GIB + PAGE;

				add(&plan, address, address, sizes[j], MAP_PAYLOAD);
			}
			cost = cost_of(&plan, quiet);
			printf(" %" PRIu64 " pages, %.0f us |", cost.tables, cost.microseconds);
		}
		putchar('\n');
	}
}

int main(void)
{
	const struct log quiet = {.stream = fopen("/dev/null", "w")};

	if (!quiet.stream)
		return 1;
	print_payloads(&quiet);
	print_segments(&quiet);
	fclose(quiet.stream);
	return 0;
}
