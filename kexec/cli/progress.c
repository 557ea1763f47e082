/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The progress line.
 */
#include "cli/progress.h"

#include <inttypes.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/thread.h"

/* Nothing is shown before, in milliseconds. */
#define FIRST_DRAWN 1000

/* Drawn so often, in milliseconds. */
#define INTERVAL 100

/* Columns, where the terminal does not say how many it has: a serial console. */
#define DEFAULT_COLUMNS 80

/* Enough for every line. */
#define LINE_SIZE 128

static int64_t milliseconds_since(const struct timespec *then)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)(now.tv_sec - then->tv_sec) * 1000 +
	       (now.tv_nsec - then->tv_nsec) / 1000000;
}

static int count_columns(FILE *terminal)
{
	struct winsize size;

	if (ioctl(fileno(terminal), TIOCGWINSZ, &size) || size.ws_col == 0)
		return DEFAULT_COLUMNS;
	return size.ws_col;
}

/* Put the stage into words. Its rate is that of all its bytes so far. */
static void describe(const struct progress *progress, char line[LINE_SIZE])
{
	const int64_t elapsed = milliseconds_since(&progress->stage_start);
	const uint64_t mebibytes = progress->done >> 20;
	const uint64_t rate = elapsed > 0 ? mebibytes * 1000 / (uint64_t)elapsed : 0;

	if (progress->total)
		snprintf(line, LINE_SIZE,
			 "kexec: %s: %" PRIu64 " of %" PRIu64 " MiB, %" PRIu64 " MiB/s",
			 progress->stage, mebibytes, progress->total >> 20, rate);
	else if (progress->done)
		snprintf(line, LINE_SIZE, "kexec: %s: %" PRIu64 " MiB, %" PRIu64 " MiB/s",
			 progress->stage, mebibytes, rate);
	else
		snprintf(line, LINE_SIZE, "kexec: %s: %" PRId64 " s", progress->stage,
			 elapsed / 1000);
}

/*
 * Draw the line over the one before, which may be longer. No escape sequences: a serial console
 * need not know any. The last column is left free, for a terminal may go to the next line there.
 */
static void draw(struct progress *progress)
{
	char line[LINE_SIZE];
	const int room = count_columns(progress->terminal) - 1;
	int width;

	describe(progress, line);
	width = snprintf(NULL, 0, "%.*s", room, line);
	fprintf(progress->terminal, "\r%-*.*s", progress->width > width ? progress->width : width,
		room, line);
	fflush(progress->terminal);
	progress->width = width;
}

/* Leave an empty line with the cursor at its start. */
static void wipe(struct progress *progress)
{
	if (progress->width == 0)
		return;
	fprintf(progress->terminal, "\r%*s\r", progress->width, "");
	fflush(progress->terminal);
	progress->width = 0;
}

/* Wait for the next time to draw, or for the end. The mutex is held but for the waiting. */
static void wait_interval(struct progress *progress)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += INTERVAL * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	pthread_cond_timedwait(&progress->changed, &progress->mutex, &until);
}

/* What the thread does. */
static void *draw_until_closed(void *context)
{
	struct progress *progress = context;

	pthread_mutex_lock(&progress->mutex);
	while (!progress->is_closing) {
		if (progress->stage && milliseconds_since(&progress->start) >= FIRST_DRAWN)
			draw(progress);
		wait_interval(progress);
	}
	pthread_mutex_unlock(&progress->mutex);
	return NULL;
}

void progress_open(struct progress *progress, FILE *stream)
{
	pthread_condattr_t attributes;

	*progress = (struct progress){.terminal = isatty(fileno(stream)) ? stream : NULL};
	if (!progress->terminal)
		return;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&progress->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_mutex_init(&progress->mutex, NULL);
}

/* Without a thread there is nothing to be seen, and nothing lost. */
static void make_drawer(struct progress *progress)
{
	clock_gettime(CLOCK_MONOTONIC, &progress->start);
	progress->has_drawer = thread_start(&progress->drawer, draw_until_closed, progress) == 0;
}

static bool is_shown(const struct progress *progress)
{
	return progress && progress->terminal;
}

void progress_begin(struct progress *progress, const char *stage, uint64_t total)
{
	if (!is_shown(progress))
		return;
	pthread_mutex_lock(&progress->mutex);
	if (stage && !progress->has_drawer)
		make_drawer(progress);
	progress->stage = stage;
	progress->done = 0;
	progress->total = total;
	clock_gettime(CLOCK_MONOTONIC, &progress->stage_start);
	if (!stage)
		wipe(progress);
	pthread_mutex_unlock(&progress->mutex);
}

void progress_update(struct progress *progress, uint64_t done)
{
	if (!is_shown(progress))
		return;
	pthread_mutex_lock(&progress->mutex);
	progress->done = done;
	pthread_mutex_unlock(&progress->mutex);
}

void progress_pause(struct progress *progress)
{
	if (!is_shown(progress))
		return;
	pthread_mutex_lock(&progress->mutex);
	wipe(progress);
}

void progress_resume(struct progress *progress)
{
	if (is_shown(progress))
		pthread_mutex_unlock(&progress->mutex);
}

void progress_close(struct progress *progress)
{
	if (!is_shown(progress))
		return;
	pthread_mutex_lock(&progress->mutex);
	wipe(progress);
	progress->is_closing = true;
	pthread_cond_signal(&progress->changed);
	pthread_mutex_unlock(&progress->mutex);
	if (progress->has_drawer)
		pthread_join(progress->drawer, NULL);
	pthread_cond_destroy(&progress->changed);
	pthread_mutex_destroy(&progress->mutex);
	progress->terminal = NULL;
}
