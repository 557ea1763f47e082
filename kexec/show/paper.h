/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text for a terminal of some width, or for a file: headings, fields whose text is wrapped, colour.
 */
#ifndef SHOW_PAPER_H
#define SHOW_PAPER_H

#include <stdbool.h>
#include <stdio.h>

/* Text is laid out for this many columns at least, and for no more than the other. */
#define PAPER_WIDTH_MIN 40
#define PAPER_WIDTH_MAX 120

struct paper {
	FILE *stream; /* not owned */
	unsigned int width;
	bool has_color;
};

enum paper_color {
	PAPER_PLAIN,
	PAPER_BOLD,
	PAPER_GREEN,  /* what is loaded */
	PAPER_YELLOW, /* what is kept */
	PAPER_DIM,
};

/*
 * Use @stream, as wide as its terminal; the environment's COLUMNS, or 80, if it is none. There is
 * colour only on a terminal that has it (TERM), and none if NO_COLOR is set and not empty
 * (https://no-color.org).
 */
void paper_open(struct paper *paper, FILE *stream);

/* Begin and end a colour; nothing where there is none. */
void paper_color(const struct paper *paper, enum paper_color color);

/* An empty line. */
void paper_gap(const struct paper *paper);

/* A line of its own, or more on narrow paper. */
void paper_heading(const struct paper *paper, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * "Label       text", the text wrapped at blanks and indented. On narrow paper it begins below the
 * label. Control characters of the text are shown as "?".
 */
void paper_field(const struct paper *paper, const char *label, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
