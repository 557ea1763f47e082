/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Progress on a terminal, for loads that take longer than a second: one line that is drawn again
 * and again, and wiped out before a message and at the end. If messages do not go to a terminal,
 * there is no line.
 *
 * A thread draws it, because a stage may be a single system call of many seconds. The load never
 * waits for the terminal, which may be stopped (^S, flow control, a connection that stalls): what
 * it does not take at once is left out. While the program runs in the terminal's background, the
 * line is not drawn, and the program is not stopped for it (stty tostop).
 *
 * All functions take NULL, and do nothing then.
 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

/* A stage and how far it is. */
struct progress_stage {
	const char *name; /* NULL: nothing is drawn */
	struct timespec start;
	uint64_t done, total;
	uint64_t before; /* bytes of done that were done before the stage began */
};

/* The fields belong to progress.c. */
struct progress {
	FILE *stream; /* of messages; NULL: it is no terminal, and nothing is done; not owned */
	pthread_t drawer;
	bool has_drawer;
	struct timespec start; /* of the first stage */

	/* Held for moments, never while something is written. */
	pthread_mutex_t mutex;
	pthread_cond_t changed; /* the thread is to wipe or to end */
	bool is_closing;
	struct progress_stage stage;

	/* The holder writes to the terminal; taken before the other mutex. */
	pthread_mutex_t drawing;
	int terminal; /* the stream's, opened again such that writing never waits; owned */
	int width;    /* of what stands on the terminal, in columns */
};

/* Begin without a stage; nothing is shown unless @stream is a terminal. */
void progress_open(struct progress *progress, FILE *stream);

/*
 * Begin a stage ("hashing"), a constant text, of @total bytes; 0: not known, or not counted in
 * bytes. NULL: what comes now is not worth showing.
 */
void progress_begin(struct progress *progress, const char *stage, uint64_t total);

/*
 * Say that so many bytes of the stage were done before it began. They are shown as done, but do not
 * count for its rate.
 */
void progress_skip(struct progress *progress, uint64_t done);

/* Say how many bytes of the stage are done, those that were skipped among them. */
void progress_update(struct progress *progress, uint64_t done);

/*
 * Wipe the line out and leave the terminal to the caller until progress_resume(). This waits for
 * the terminal, as the message that comes next does.
 */
void progress_pause(struct progress *progress);
void progress_resume(struct progress *progress);

/* Wipe the line out for good, unless the terminal is stopped. */
void progress_close(struct progress *progress);

#endif
