/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text for a terminal or a file.
 */
#include "show/paper.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_DEFAULT 80

/* The text of a field begins in this column, on paper that is not narrow. */
#define FIELD_COLUMN 16
#define FIELD_WIDTH  60 /* narrower paper is narrow */

static unsigned int find_width(int descriptor, bool is_terminal)
{
	const char *columns = getenv("COLUMNS");
	unsigned long width = columns ? strtoul(columns, NULL, 10) : 0;
	struct winsize window;

	if (is_terminal && !ioctl(descriptor, TIOCGWINSZ, &window) && window.ws_col)
		width = window.ws_col;
	if (!width)
		return WIDTH_DEFAULT;
	if (width < PAPER_WIDTH_MIN)
		return PAPER_WIDTH_MIN;
	return width > PAPER_WIDTH_MAX ? PAPER_WIDTH_MAX : (unsigned int)width;
}

void paper_open(struct paper *paper, FILE *stream)
{
	const int descriptor = fileno(stream);
	const bool is_terminal = descriptor >= 0 && isatty(descriptor);
	const char *no_color = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	*paper = (struct paper){
		.stream = stream,
		.width = find_width(descriptor, is_terminal),
		.has_color = is_terminal && !(no_color && *no_color) && terminal && *terminal &&
			     strcmp(terminal, "dumb") != 0,
	};
}

void paper_color(const struct paper *paper, enum paper_color color)
{
	static const char *const codes[] = {
		[PAPER_PLAIN] = "0",   [PAPER_BOLD] = "1", [PAPER_GREEN] = "32",
		[PAPER_YELLOW] = "33", [PAPER_DIM] = "2",
	};

	if (paper->has_color)
		fprintf(paper->stream, "\033[%sm", codes[color]);
}

static char *format_text(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

/* Returns a text that the caller frees, or NULL. */
static char *format_text(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		return NULL;
	for (char *next = text; *next; next++)
		if ((unsigned char)*next < 0x20 || *next == 0x7f)
			*next = '?';
	return text;
}

/* How many bytes of @text go into a line of @room columns: whole words, or one that is too long. */
static size_t measure_line(const char *text, size_t room)
{
	size_t length = strcspn(text, " ");

	while (text[length]) {
		const size_t next = length + 1 + strcspn(text + length + 1, " ");

		if (next > room)
			break;
		length = next;
	}
	return length;
}

/* Print the text from the present column on, in lines that begin in @column. */
static void print_wrapped(const struct paper *paper, const char *text, unsigned int column)
{
	for (;;) {
		const size_t length = measure_line(text, paper->width - column);

		fprintf(paper->stream, "%.*s", (int)length, text);
		text += length;
		if (!*text)
			return;
		text++;
		fprintf(paper->stream, "\n%*s", (int)column, "");
	}
}

void paper_gap(const struct paper *paper)
{
	fputc('\n', paper->stream);
}

void paper_heading(const struct paper *paper, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = format_text(format, args);
	va_end(args);
	paper_color(paper, PAPER_BOLD);
	print_wrapped(paper, text ? text : format, 0);
	paper_color(paper, PAPER_PLAIN);
	fputc('\n', paper->stream);
	free(text);
}

void paper_field(const struct paper *paper, const char *label, const char *format, ...)
{
	const bool is_narrow = paper->width < FIELD_WIDTH;
	const unsigned int column = is_narrow ? 2 : FIELD_COLUMN;
	va_list args;
	char *text;

	va_start(args, format);
	text = format_text(format, args);
	va_end(args);
	paper_color(paper, PAPER_BOLD);
	fprintf(paper->stream, "%s", label);
	paper_color(paper, PAPER_PLAIN);
	if (is_narrow)
		fprintf(paper->stream, "\n%*s", (int)column, "");
	else
		fprintf(paper->stream, "%*s", (int)(column - strlen(label)), "");
	print_wrapped(paper, text ? text : format, column);
	fputc('\n', paper->stream);
	free(text);
}
