/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages to the user. This is the only place that prints them: one line each, cause and remedy,
 * on stderr, prefixed "kexec: ".
 *
 * The function that knows the cause of a failure calls log_error() once and returns its value;
 * its callers pass the -errno on and print nothing.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/progress.h"

/* Warnings, kept for a plan. Zero at first. */
struct log_record {
	char **lines; /* owned */
	size_t count;
};

struct log {
	FILE *stream;		   /* where messages go, NULL: nowhere; not owned */
	bool debug;		   /* print what log_debug() gets */
	bool details;		   /* print what log_detail() gets */
	struct log_record *record; /* keeps a copy of each warning; NULL: nothing does; not owned */
	struct progress *progress; /* the progress line on the same stream; NULL: none; not owned */
};

/* Print one line and return @error, a negative errno. The format has no newline at its end. */
int log_error(const struct log *log, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Print one line about something that does not prevent the load. */
void log_warning(const struct log *log, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Print one line if the user asked for --debug. */
void log_debug(const struct log *log, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Print one line if the user asked for --debug twice: how the program came to what it does, in
 * units of its own.
 */
void log_detail(const struct log *log, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Free what the record owns, and make it empty. */
void log_record_free(struct log_record *record);

#endif
