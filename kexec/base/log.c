/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages to the user.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/*
 * Messages quote file names and words of the command line. A control character among them would
 * break the promise of one line, or control the terminal.
 */
static void mask_control_characters(char *text)
{
	for (; *text; text++) {
		unsigned char character = (unsigned char)*text;

		if (character < 0x20 || character == 0x7f)
			*text = '?';
	}
}

/* Keep a copy. Without memory for it the plan lacks a warning that was printed all the same. */
static void keep(struct log_record *record, const char *text)
{
	char **lines =
		(char **)realloc((void *)record->lines, (record->count + 1) * sizeof(*lines));

	if (!lines)
		return;
	record->lines = lines;
	lines[record->count] = strdup(text);
	if (lines[record->count])
		record->count++;
}

/* Print the line where the progress line stands. */
static void print_text(const struct log *log, const char *prefix, const char *text)
{
	progress_pause(log->progress);
	fprintf(log->stream, "kexec: %s%s\n", prefix, text);
	progress_resume(log->progress);
}

static void print_line(const struct log *log, const char *prefix, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));

static void print_line(const struct log *log, const char *prefix, const char *format, va_list args)
{
	char *text;

	if (!log->stream)
		return;
	/* Without memory for the message the bare format still says what went wrong. */
	if (vasprintf(&text, format, args) < 0) {
		print_text(log, prefix, format);
		return;
	}
	mask_control_characters(text);
	print_text(log, prefix, text);
	free(text);
}

int log_error(const struct log *log, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line(log, "", format, args);
	va_end(args);
	return error;
}

void log_warning(const struct log *log, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	print_line(log, "warning: ", format, args);
	va_end(args);
	if (!log->record)
		return;
	va_start(args, format);
	if (vasprintf(&text, format, args) >= 0) {
		mask_control_characters(text);
		keep(log->record, text);
		free(text);
	}
	va_end(args);
}

void log_debug(const struct log *log, const char *format, ...)
{
	va_list args;

	if (!log->debug)
		return;
	va_start(args, format);
	print_line(log, "", format, args);
	va_end(args);
}

void log_detail(const struct log *log, const char *format, ...)
{
	va_list args;

	if (!log->details)
		return;
	va_start(args, format);
	print_line(log, "", format, args);
	va_end(args);
}

void log_record_free(struct log_record *record)
{
	for (size_t i = 0; i < record->count; i++)
		free(record->lines[i]);
	free((void *)record->lines);
	*record = (struct log_record){0};
}
