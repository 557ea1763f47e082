/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is going on, on a terminal, for loads that take longer than a second: one line that is drawn
 * again and again, and wiped out before a message and at the end. Where messages do not go to a
 * terminal there is none.
 *
 * A thread draws it, because a stage may be a single system call of many seconds. All functions
 * take NULL, and do nothing then.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

/* The fields belong to progress.c. */
struct progress {
	FILE *terminal; /* NULL: there is none; not owned */
	pthread_mutex_t mutex;
	pthread_cond_t changed; /* the thread is to end */
	pthread_t drawer;
	bool has_drawer;
	bool is_closing;
	struct timespec start; /* of the first stage */
	const char *stage;     /* NULL: nothing is drawn */
	struct timespec stage_start;
	uint64_t done, total;
	int width; /* of what stands on the terminal, in columns */
};

/* Begin without a stage; nothing is shown unless @stream is a terminal. */
void progress_open(struct progress *progress, FILE *stream);

/*
 * Begin a stage ("hashing"), a constant text, of @total bytes; 0: not known, or not counted in
 * bytes. NULL: what comes now is not worth showing.
 */
void progress_begin(struct progress *progress, const char *stage, uint64_t total);

/* Say how many bytes of the stage are done. */
void progress_update(struct progress *progress, uint64_t done);

/* Wipe the line out and leave the terminal to the caller until progress_resume(). */
void progress_pause(struct progress *progress);
void progress_resume(struct progress *progress);

/* Wipe the line out for good. */
void progress_close(struct progress *progress);

#endif
