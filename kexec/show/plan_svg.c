/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A plan as a picture: the facts, the bars of memory_bars.h, and the segments.
 */
#include "show/plan_svg.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "show/memory_bars.h"
#include "show/plan_facts.h"
#include "show/words.h"

/* All in pixels. */
#define WIDTH	     960U
#define MARGIN	     16U
#define LINE	     18
#define BAR_X	     176
#define BAR_WIDTH    (WIDTH - BAR_X - MARGIN)
#define BAR_HEIGHT   22U
#define FACT_X	     136
#define FACT_COLUMNS 112 /* characters of a line of a fact, as wide as 13 pixels make them */

/* Cells of a bar: each is as many pixels wide. */
#define CELL_WIDTH 2U
#define CELLS	   (BAR_WIDTH / CELL_WIDTH)

static const char style[] =
	"<style>\n"
	"svg { background: #ffffff; color: #1f2328; font: 13px sans-serif; }\n"
	"text { fill: currentColor; } .m { font-family: monospace; font-size: 12px; }\n"
	".h { font-weight: bold; }\n"
	".f { fill: #e4e7eb; } .r { fill: #8c959f; } .u { fill: #57606a; } .c { fill: #f2d88f; }\n"
	".K { fill: #0969da; } .I { fill: #1a7f37; } .D { fill: #bf3989; } .P { fill: #cf222e; }\n"
	".M { fill: #8250df; } .T { fill: #9a6700; } .E { fill: #3b7d86; } .s { fill: #24292f; }\n"
	"@media (prefers-color-scheme: dark) {\n"
	"svg { background: #0d1117; color: #e6edf3; }\n"
	".f { fill: #30363d; } .r { fill: #6e7681; } .u { fill: #b1bac4; } .c { fill: #7d6321; }\n"
	".K { fill: #58a6ff; } .I { fill: #3fb950; } .D { fill: #f778ba; } .P { fill: #ff7b72; }\n"
	".M { fill: #bc8cff; } .T { fill: #d29922; } .E { fill: #56c2cf; } .s { fill: #f0f6fc; }\n"
	"}\n"
	"</style>\n";

struct canvas {
	FILE *stream;
	unsigned int y; /* where the next line begins */
};

/* Print @length bytes as text of XML. Bytes that are no ASCII become "?". */
static void print_text(FILE *stream, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		const unsigned char character = (unsigned char)text[i];

		if (character == '<')
			fprintf(stream, "&lt;");
		else if (character == '&')
			fprintf(stream, "&amp;");
		else
			fputc(character < 0x20 || character >= 0x7f ? '?' : character, stream);
	}
}

static void print_line(struct canvas *canvas, unsigned int x, const char *class, const char *text,
		       size_t length)
{
	fprintf(canvas->stream, "<text x=\"%u\" y=\"%u\" class=\"%s\">", x, canvas->y + 13, class);
	print_text(canvas->stream, text, length);
	fprintf(canvas->stream, "</text>\n");
}

/* A fact, in lines of whole words. */
static void print_fact(void *context, const char *label, const char *text)
{
	struct canvas *canvas = context;

	print_line(canvas, MARGIN, "h", label, strlen(label));
	do {
		size_t length = strlen(text);

		if (length > FACT_COLUMNS) {
			length = FACT_COLUMNS;
			while (length && text[length] != ' ')
				length--;
			if (!length)
				length = FACT_COLUMNS;
		}
		print_line(canvas, FACT_X, "", text, length);
		canvas->y += LINE;
		text += length;
		text += *text == ' ';
	} while (*text);
}

static const char *class_of(char cell)
{
	switch (cell) {
	case BAR_FREE:
		return "f";
	case BAR_RESERVED:
		return "r";
	case BAR_RUNNING:
		return "u";
	case BAR_CRASH:
		return "c";
	case BAR_SEVERAL:
		return "s";
	default:
		return NULL;
	}
}

/* A rectangle for each run of equal cells. */
static void print_bar(struct canvas *canvas, const struct memory_bar *bar)
{
	const char *cell = bar->cells;
	char address[24];

	snprintf(address, sizeof(address), "0x%" PRIx64, bar->range.start);
	print_line(canvas, MARGIN, "m", address, strlen(address));
	while (*cell) {
		const char letter[2] = {*cell, '\0'};
		const char *class = class_of(*cell);
		const size_t length = strspn(cell, letter);

		if (*cell != BAR_NONE)
			fprintf(canvas->stream,
				"<rect x=\"%zu\" y=\"%u\" width=\"%zu\" height=\"%u\" "
				"class=\"%s\"/>\n",
				BAR_X + CELL_WIDTH * (size_t)(cell - bar->cells), canvas->y,
				CELL_WIDTH * length, BAR_HEIGHT, class ? class : letter);
		cell += length;
	}
	canvas->y += BAR_HEIGHT + 6;
}

static void print_bars(struct canvas *canvas, const char *what, const struct memory_bars *bars)
{
	char title[96], size[WORDS_SIZE];

	canvas->y += LINE / 2;
	snprintf(title, sizeof(title), "%s, %s in %u pixels", what, words_size(size, bars->cell),
		 CELL_WIDTH);
	print_line(canvas, MARGIN, "h", title, strlen(title));
	canvas->y += LINE + 2;
	for (size_t i = 0; i < bars->count; i++)
		print_bar(canvas, &bars->bars[i]);
}

static void print_legend(struct canvas *canvas)
{
	static const struct {
		const char *class, *text;
	} legend[] = {
		{"f", "RAM"},	       {"r", "reserved"},	  {"u", "running kernel"},
		{"c", "crash region"}, {"s", "several segments"},
	};
	unsigned int x = BAR_X;

	for (size_t i = 0; i < sizeof(legend) / sizeof(legend[0]); i++) {
		fprintf(canvas->stream,
			"<rect x=\"%u\" y=\"%u\" width=\"12\" height=\"12\" class=\"%s\"/>\n", x,
			canvas->y + 3, legend[i].class);
		print_line(canvas, x + 18, "", legend[i].text, strlen(legend[i].text));
		x += 140;
	}
	canvas->y += LINE;
}

static void print_segments(struct canvas *canvas, const struct plan_view *view)
{
	const struct plan *plan = view->plan;

	canvas->y += LINE / 2;
	print_line(canvas, MARGIN, "h", "Segments", strlen("Segments"));
	canvas->y += LINE;
	for (size_t i = 0; i < plan->segment_count; i++) {
		const struct segment *segment = &plan->segments[i];
		char text[160], size[WORDS_SIZE], letters[4];

		snprintf(text, sizeof(text),
			 "%-10s  0x%012" PRIx64 " to 0x%012" PRIx64 "  %9s  %s  checked by %s",
			 plan_role_name(segment->role), segment->address,
			 segment->address + segment->memory_size,
			 words_size(size, segment->memory_size),
			 words_permissions(letters, segment->permissions),
			 words_checker(view, segment));
		fprintf(canvas->stream,
			"<rect x=\"%u\" y=\"%u\" width=\"12\" height=\"12\" class=\"%c\"/>\n",
			MARGIN, canvas->y + 3, words_letter(segment->role));
		fprintf(canvas->stream,
			"<text x=\"%u\" y=\"%u\" class=\"m\" xml:space=\"preserve\">%s</text>\n",
			MARGIN + 20, canvas->y + 13, text);
		canvas->y += LINE;
	}
}

/* Print everything from @canvas->y on. */
static void print_body(struct canvas *canvas, const struct plan_view *view,
		       const struct memory_bars *bars, const struct memory_bars *near)
{
	plan_facts_tell(view, print_fact, canvas);
	print_bars(canvas, "Memory", bars);
	if (near->count && near->cell < bars->cell)
		print_bars(canvas, "Where the segments are", near);
	print_legend(canvas);
	if (view->plan)
		print_segments(canvas, view);
}

/* The head has the height of the body, so the body is made first. */
static int print_all(FILE *stream, const struct plan_view *view, const struct memory_bars *bars,
		     const struct memory_bars *near)
{
	struct canvas canvas = {.y = MARGIN};
	char *body = NULL;
	size_t size = 0;
	bool failed;

	canvas.stream = open_memstream(&body, &size);
	if (!canvas.stream)
		return -ENOMEM;
	print_body(&canvas, view, bars, near);
	failed = ferror(canvas.stream);
	failed |= fclose(canvas.stream) != 0;
	if (!failed)
		fprintf(stream,
			"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" "
			"viewBox=\"0 0 %u %u\" role=\"img\">\n<title>kexec "
			"plan</title>\n%s%s</svg>\n",
			WIDTH, canvas.y + MARGIN, WIDTH, canvas.y + MARGIN, style, body);
	free(body);
	return failed ? -ENOMEM : 0;
}

int plan_svg_print(FILE *stream, const struct plan_view *view)
{
	struct memory_bars bars, near = {0};
	int error = memory_bars_make_ram(&bars, view, CELLS);

	if (!error && view->plan)
		error = memory_bars_make_segments(&near, view, CELLS);
	if (!error)
		error = print_all(stream, view, &bars, &near);
	memory_bars_free(&near);
	memory_bars_free(&bars);
	return error;
}
