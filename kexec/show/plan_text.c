/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A plan for people. The facts come first, then the drawing, the segments and the page tables.
 */
#include "show/plan_text.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "digest/engine_choice.h"
#include "show/memory_bars.h"
#include "show/paper.h"
#include "show/plan_facts.h"
#include "show/table_tree.h"
#include "show/words.h"

/* On paper of so many columns the table of segments has two columns more. */
#define WIDE 72

static void print_fact(void *context, const char *label, const char *text)
{
	paper_field(context, label, "%s", text);
}

/* Labels begin with a capital letter, which messages do not. "MMU" is an abbreviation. */
static void log_fact(void *context, const char *label, const char *text)
{
	const bool is_word = islower((unsigned char)label[1]);

	log_debug(context, "%c%s: %s", is_word ? tolower((unsigned char)label[0]) : label[0],
		  label + 1, text);
}

/* Print the cells, each run of equal colour in its colour. */
static void print_cells(const struct paper *paper, const char *cells)
{
	for (; *cells; cells++) {
		const bool is_segment = strchr("KIDPMTEC*", *cells);

		paper_color(paper, is_segment		 ? PAPER_GREEN
				   : *cells == BAR_CRASH ? PAPER_YELLOW
				   : *cells == BAR_FREE	 ? PAPER_DIM
							 : PAPER_PLAIN);
		fputc(*cells, paper->stream);
		paper_color(paper, PAPER_PLAIN);
	}
}

static void print_bars(const struct paper *paper, const struct memory_bars *bars, int digits)
{
	for (size_t i = 0; i < bars->count; i++) {
		fprintf(paper->stream, "0x%0*" PRIx64 " |", digits, bars->bars[i].range.start);
		print_cells(paper, bars->bars[i].cells);
		fprintf(paper->stream, "|\n");
	}
}

static void print_legend(const struct paper *paper, const struct memory_bars *bars,
			 const struct memory_bars *near)
{
	static const struct {
		char letter;
		const char *text;
	} legend[] = {
		{'K', "kernel"},
		{'I', "initrd"},
		{'D', "device tree"},
		{'P', "purgatory"},
		{'M', "manifest"},
		{'T', "page tables"},
		{'E', "ELF core header"},
		{'C', "memory of the CPUs"},
		{BAR_SEVERAL, "several"},
		{BAR_CRASH, "crash region"},
		{BAR_RUNNING, "running kernel"},
		{BAR_RESERVED, "reserved"},
		{BAR_FREE, "RAM"},
	};
	char text[256] = "";
	size_t length = 0;

	for (size_t i = 0; i < sizeof(legend) / sizeof(legend[0]); i++) {
		bool found = false;

		for (size_t j = 0; j < bars->count && !found; j++)
			found = strchr(bars->bars[j].cells, legend[i].letter);
		for (size_t j = 0; j < near->count && !found; j++)
			found = strchr(near->bars[j].cells, legend[i].letter);
		if (found)
			length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%c %s",
						   length ? ", " : "", legend[i].letter,
						   legend[i].text);
	}
	paper_field(paper, "Legend", "%s", text);
}

/* How many digits the highest address of the drawing has. */
static int count_digits(const struct plan_view *view)
{
	const struct range_set *ram = &view->machine->memory.ram;
	uint64_t last = ram->count ? ram->ranges[ram->count - 1].end - 1 : 0;
	int digits = 1;

	for (size_t i = 0; view->plan && i < view->plan->segment_count; i++)
		if (view->plan->segments[i].address > last)
			last = view->plan->segments[i].address;
	while (last >>= 4)
		digits++;
	return digits < 8 ? 8 : digits;
}

static int print_drawing(const struct paper *paper, const struct plan_view *view, int digits)
{
	const unsigned int width = paper->width - (unsigned int)digits - 5;
	struct memory_bars bars, near = {0};
	char size[WORDS_SIZE], ram[WORDS_SIZE];
	int error = memory_bars_make_ram(&bars, view, width);

	if (!error && view->plan)
		error = memory_bars_make_segments(&near, view, width);
	if (!error) {
		paper_gap(paper);
		paper_heading(paper, "Memory, %s; a character is %s",
			      words_size(ram, range_set_size(&view->machine->memory.ram)),
			      words_size(size, bars.cell));
		print_bars(paper, &bars, digits);
		if (near.count && near.cell < bars.cell) {
			paper_gap(paper);
			paper_heading(paper, "Where the segments are; a character is %s",
				      words_size(size, near.cell));
			print_bars(paper, &near, digits);
		}
		print_legend(paper, &bars, &near);
	}
	memory_bars_free(&near);
	memory_bars_free(&bars);
	return error;
}

static void print_segment(const struct paper *paper, const struct plan_view *view,
			  const struct segment *segment, int digits)
{
	const bool is_wide = paper->width >= WIDE;
	char size[WORDS_SIZE], letters[4];

	paper_color(paper, PAPER_GREEN);
	fprintf(paper->stream, "%c", words_letter(segment->role));
	paper_color(paper, PAPER_PLAIN);
	fprintf(paper->stream, " %-10s 0x%0*" PRIx64, plan_role_name(segment->role), digits,
		segment->address);
	if (is_wide)
		fprintf(paper->stream, " to 0x%0*" PRIx64, digits,
			segment->address + segment->memory_size);
	fprintf(paper->stream, " %9s", words_size(size, segment->memory_size));
	/* On narrow paper and above 1 TiB they would be the 41st column. */
	if (is_wide || paper->width >= (unsigned int)digits + 29)
		fprintf(paper->stream, " %s", words_permissions(letters, segment->permissions));
	if (is_wide)
		fprintf(paper->stream, " %s", words_checker(view, segment));
	fputc('\n', paper->stream);
}

static void print_segments(const struct paper *paper, const struct plan_view *view, int digits)
{
	paper_gap(paper);
	paper_heading(paper, "%zu segments%s", view->plan->segment_count,
		      paper->width >= WIDE
			      ? ": size, what purgatory may do with them, what checks them"
			      : "");
	for (size_t i = 0; i < view->plan->segment_count; i++)
		print_segment(paper, view, &view->plan->segments[i], digits);
}

static void print_tables(const struct paper *paper, const struct plan_view *view)
{
	if (view->tables->reason != PURGATORY_MMU_ON)
		return;
	paper_gap(paper);
	paper_heading(paper, "Page tables");
	for (int i = 0; i < PURGATORY_TABLES_COUNT; i++)
		if (view->tables->sets[i].mode)
			table_tree_print(paper, view->tables, (enum purgatory_tables)i);
}

int plan_text_print(FILE *stream, const struct plan_view *view)
{
	const int digits = count_digits(view);
	struct paper paper;
	int error;

	paper_open(&paper, stream);
	plan_facts_tell(view, print_fact, &paper);
	error = print_drawing(&paper, view, digits);
	if (error || !view->plan)
		return error;
	print_segments(&paper, view, digits);
	print_tables(&paper, view);
	return 0;
}

void plan_text_log(const struct log *log, const struct plan_view *view)
{
	char size[WORDS_SIZE], letters[4];
	struct log copy = *log;

	if (!log->debug)
		return;
	plan_facts_tell(view, log_fact, &copy);
	for (size_t i = 0; view->plan && i < view->plan->segment_count; i++) {
		const struct segment *segment = &view->plan->segments[i];

		log_debug(log, "segment: %s, 0x%" PRIx64 " to 0x%" PRIx64 ", %s, %s, checked by %s",
			  plan_role_name(segment->role), segment->address,
			  segment->address + segment->memory_size,
			  words_size(size, segment->memory_size),
			  words_permissions(letters, segment->permissions),
			  words_checker(view, segment));
	}
}
