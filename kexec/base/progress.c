/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The progress line.
 */
#include "base/progress.h"

#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/threads.h"

/* Milliseconds from the first stage's start until a line is shown. */
#define FIRST_DRAWN 1000

/* Milliseconds from one drawing to the next. */
#define INTERVAL 100

/* Columns of a terminal that does not say how many it has, such as a serial console. */
#define DEFAULT_COLUMNS 80

/* Enough for every line, and for one that is drawn over another. */
#define LINE_SIZE 128
#define DRAW_SIZE (2 * LINE_SIZE)

static int64_t milliseconds_since(const struct timespec *then)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)(now.tv_sec - then->tv_sec) * 1000 +
	       (now.tv_nsec - then->tv_nsec) / 1000000;
}

static int count_columns(int terminal)
{
	struct winsize size;

	if (ioctl(terminal, TIOCGWINSZ, &size) || size.ws_col == 0)
		return DEFAULT_COLUMNS;
	return size.ws_col;
}

/* How much of the stage is done; 100 only at its end. */
static unsigned int percentage(const struct progress_stage *stage)
{
	return (unsigned int)((double)stage->done * 100 / (double)stage->total);
}

/* Put the stage into words. Its rate is that of all its bytes so far. */
static void describe(const struct progress_stage *stage, char line[LINE_SIZE])
{
	const int64_t elapsed = milliseconds_since(&stage->start);
	const uint64_t mebibytes = stage->done >> 20;
	const uint64_t own = (stage->done - stage->before) >> 20;
	const uint64_t rate = elapsed > 0 ? own * 1000 / (uint64_t)elapsed : 0;

	if (stage->total)
		snprintf(line, LINE_SIZE,
			 "kexec: %s: %u%%, %" PRIu64 " of %" PRIu64 " MiB, %" PRIu64 " MiB/s",
			 stage->name, percentage(stage), mebibytes, stage->total >> 20, rate);
	else if (stage->done)
		snprintf(line, LINE_SIZE, "kexec: %s: %" PRIu64 " MiB, %" PRIu64 " MiB/s",
			 stage->name, mebibytes, rate);
	else
		snprintf(line, LINE_SIZE, "kexec: %s: %" PRId64 " s", stage->name, elapsed / 1000);
}

/*
 * True if the terminal takes output now. While this program is in the background, the terminal
 * belongs to another one. A terminal that is not the one that controls this process has no
 * background.
 */
static bool is_ready(int terminal)
{
	struct pollfd ready = {.fd = terminal, .events = POLLOUT};
	const pid_t foreground = tcgetpgrp(terminal);

	return (foreground < 0 || foreground == getpgrp()) && poll(&ready, 1, 0) > 0 &&
	       (ready.revents & POLLOUT);
}

/*
 * Write what the terminal takes without waiting; false if that is nothing. The process may get into
 * the background between the check and the write. SIGTTOU is blocked, so that it is not stopped
 * then.
 */
static bool write_now(int terminal, const char *text)
{
	sigset_t stop, before;
	ssize_t written;

	if (!is_ready(terminal))
		return false;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTTOU);
	pthread_sigmask(SIG_BLOCK, &stop, &before);
	written = write(terminal, text, strlen(text));
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return written > 0;
}

/*
 * Draw the line over the one before, which may be longer. No escape sequences: a serial console
 * need not know any. The last column is left free, because a terminal may go to the next line
 * there.
 */
static void draw(struct progress *progress, const struct progress_stage *stage)
{
	char line[LINE_SIZE], text[DRAW_SIZE];
	const int room = count_columns(progress->terminal) - 1;
	int width;

	describe(stage, line);
	width = snprintf(NULL, 0, "%.*s", room, line);
	snprintf(text, sizeof(text), "\r%-*.*s", progress->width > width ? progress->width : width,
		 room, line);
	if (write_now(progress->terminal, text))
		progress->width = width;
}

/* Make the text that leaves an empty line, with the cursor at its start. */
static void describe_wiping(const struct progress *progress, char text[DRAW_SIZE])
{
	snprintf(text, DRAW_SIZE, "\r%*s\r", progress->width, "");
}

static void wipe(struct progress *progress)
{
	char text[DRAW_SIZE];

	describe_wiping(progress, text);
	if (progress->width && write_now(progress->terminal, text))
		progress->width = 0;
}

/*
 * Show how far the stage is, or wipe the line out if there is none. The stage is read only when the
 * terminal is ours, so that what is shown is up to date.
 */
static void show_stage(struct progress *progress)
{
	struct progress_stage stage;

	pthread_mutex_lock(&progress->drawing);
	pthread_mutex_lock(&progress->mutex);
	stage = progress->stage;
	pthread_mutex_unlock(&progress->mutex);
	if (!stage.name)
		wipe(progress);
	else if (milliseconds_since(&progress->start) >= FIRST_DRAWN)
		draw(progress, &stage);
	pthread_mutex_unlock(&progress->drawing);
}

/* Wait for the next time to draw, or for the end. The mutex is held, except while waiting. */
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

/* The drawing thread. */
static void *draw_until_closed(void *context)
{
	struct progress *progress = context;

	pthread_mutex_lock(&progress->mutex);
	while (!progress->is_closing) {
		pthread_mutex_unlock(&progress->mutex);
		show_stage(progress);
		pthread_mutex_lock(&progress->mutex);
		if (!progress->is_closing)
			wait_interval(progress);
	}
	pthread_mutex_unlock(&progress->mutex);
	return NULL;
}

/*
 * Open the stream's terminal again. Otherwise O_NONBLOCK would hold for all programs that have the
 * terminal from the same shell.
 */
static int open_terminal(FILE *stream)
{
	char path[32];

	if (!isatty(fileno(stream)))
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(stream));
	return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

void progress_open(struct progress *progress, FILE *stream)
{
	pthread_condattr_t attributes;

	*progress = (struct progress){.terminal = open_terminal(stream)};
	if (progress->terminal < 0)
		return;
	progress->stream = stream;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&progress->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_mutex_init(&progress->mutex, NULL);
	pthread_mutex_init(&progress->drawing, NULL);
}

/* Start the drawing thread. If that fails, no line is shown, which does no harm. */
static void make_drawer(struct progress *progress)
{
	clock_gettime(CLOCK_MONOTONIC, &progress->start);
	progress->has_drawer = threads_start(&progress->drawer, draw_until_closed, progress) == 0;
}

static bool is_shown(const struct progress *progress)
{
	return progress && progress->stream;
}

void progress_begin(struct progress *progress, const char *stage, uint64_t total)
{
	if (!is_shown(progress))
		return;
	if (stage && !progress->has_drawer)
		make_drawer(progress);
	pthread_mutex_lock(&progress->mutex);
	progress->stage = (struct progress_stage){.name = stage, .total = total};
	clock_gettime(CLOCK_MONOTONIC, &progress->stage.start);
	if (!stage)
		pthread_cond_signal(&progress->changed);
	pthread_mutex_unlock(&progress->mutex);
}

void progress_skip(struct progress *progress, uint64_t done)
{
	if (!is_shown(progress))
		return;
	pthread_mutex_lock(&progress->mutex);
	progress->stage.before = done;
	progress->stage.done = done;
	pthread_mutex_unlock(&progress->mutex);
}

void progress_update(struct progress *progress, uint64_t done)
{
	if (!is_shown(progress))
		return;
	pthread_mutex_lock(&progress->mutex);
	progress->stage.done = done;
	pthread_mutex_unlock(&progress->mutex);
}

void progress_pause(struct progress *progress)
{
	char text[DRAW_SIZE];

	if (!is_shown(progress))
		return;
	pthread_mutex_lock(&progress->drawing);
	if (progress->width == 0)
		return;
	describe_wiping(progress, text);
	fputs(text, progress->stream);
	progress->width = 0;
}

void progress_resume(struct progress *progress)
{
	if (is_shown(progress))
		pthread_mutex_unlock(&progress->drawing);
}

void progress_close(struct progress *progress)
{
	if (!is_shown(progress))
		return;
	pthread_mutex_lock(&progress->mutex);
	progress->is_closing = true;
	pthread_cond_signal(&progress->changed);
	pthread_mutex_unlock(&progress->mutex);
	if (progress->has_drawer)
		pthread_join(progress->drawer, NULL);
	wipe(progress);
	pthread_cond_destroy(&progress->changed);
	pthread_mutex_destroy(&progress->mutex);
	pthread_mutex_destroy(&progress->drawing);
	close(progress->terminal);
	progress->stream = NULL;
}
