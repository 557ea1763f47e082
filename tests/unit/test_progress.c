/* SPDX-License-Identifier: GPL-2.0-only */
/* What a terminal gets to see of a load, and what a pipe does not. */
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "support.h"

/* What a program that hangs gets, in seconds; nothing else here is so slow, on any machine. */
#define PATIENCE 60

/* Nothing is shown before, in milliseconds. */
#define FIRST_DRAWN 1000

/* A terminal and what it was sent. */
struct fixture {
	int master, slave;
	FILE *stream;
	struct progress progress;
	struct log log;
	char text[65536];
	size_t size;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	const struct winsize window = {.ws_row = 24, .ws_col = 60};

	assert_non_null(fixture);
	assert_int_equal(openpty(&fixture->master, &fixture->slave, NULL, NULL, &window), 0);
	fixture->stream = fdopen(fixture->slave, "w");
	assert_non_null(fixture->stream);
	setvbuf(fixture->stream, NULL, _IONBF, 0);
	progress_open(&fixture->progress, fixture->stream);
	fixture->log = (struct log){.stream = fixture->stream, .progress = &fixture->progress};
	*state = fixture;
	alarm(5 * PATIENCE);
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	progress_close(&fixture->progress);
	fclose(fixture->stream);
	close(fixture->master);
	free(fixture);
	return 0;
}

static int64_t milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Wait so many milliseconds for something that the terminal is sent, and take it in. */
static void take(struct fixture *fixture, int patience)
{
	struct pollfd ready = {.fd = fixture->master, .events = POLLIN};

	while (poll(&ready, 1, patience) > 0) {
		ssize_t size = read(fixture->master, fixture->text + fixture->size,
				    sizeof(fixture->text) - 1 - fixture->size);

		if (size <= 0)
			return;
		fixture->size += (size_t)size;
		patience = 0;
	}
	fixture->text[fixture->size] = '\0';
}

/* Take in what the terminal is sent during so many milliseconds, or more on a busy machine. */
static void watch(struct fixture *fixture, int duration)
{
	usleep((useconds_t)duration * 1000);
	take(fixture, 0);
}

static void forget(struct fixture *fixture)
{
	fixture->size = 0;
	fixture->text[0] = '\0';
}

/* What stands on the terminal's last line, as a terminal would show it, without spaces behind. */
static const char *last_line(struct fixture *fixture, char line[128])
{
	size_t column = 0, end = 0;

	memset(line, ' ', 128);
	for (size_t i = 0; i < fixture->size; i++) {
		const char character = fixture->text[i];

		assert_in_range(column, 0, 126);
		if (character == '\n')
			memset(line, ' ', 128);
		else if (character == '\r')
			column = 0;
		else
			line[column++] = character;
	}
	for (size_t i = 0; i < 127; i++)
		if (line[i] != ' ')
			end = i + 1;
	line[end] = '\0';
	return line;
}

/* Wait until a line that begins and ends so is the last one. */
static void expect_line(struct fixture *fixture, const char *begin, const char *end)
{
	const int64_t latest = milliseconds() + PATIENCE * 1000;
	char line[128];

	do {
		take(fixture, 100);
		last_line(fixture, line);
		if (strncmp(line, begin, strlen(begin)) == 0 && strlen(line) >= strlen(end) &&
		    strcmp(line + strlen(line) - strlen(end), end) == 0 &&
		    (line[0] == '\0') == (begin[0] == '\0'))
			return;
	} while (milliseconds() < latest);
	fail_msg("'%s', not '%s...%s'", line, begin, end);
}

/* A load of half a second; returns how long it took. */
static int64_t load_shortly(struct fixture *fixture)
{
	const int64_t start = milliseconds();

	progress_open(&fixture->progress, fixture->stream);
	progress_begin(&fixture->progress, "hashing", 1 << 20);
	progress_update(&fixture->progress, 1 << 19);
	watch(fixture, 500);
	progress_begin(&fixture->progress, NULL, 0);
	progress_close(&fixture->progress);
	return milliseconds() - start;
}

/* Nothing is drawn; a machine so busy that the load took longer gets another chance. */
static void test_short(void **state)
{
	struct fixture *fixture = *state;

	progress_close(&fixture->progress);
	while (load_shortly(fixture) >= FIRST_DRAWN)
		forget(fixture);
	take(fixture, 700);
	assert_int_equal(fixture->size, 0);
}

static void test_long(void **state)
{
	struct fixture *fixture = *state;
	const int64_t start = milliseconds();
	size_t draws = 0;

	progress_begin(&fixture->progress, "hashing", 100 << 20);
	progress_update(&fixture->progress, 50 << 20);
	take(fixture, PATIENCE * 1000);
	assert_true(fixture->size > 0 && milliseconds() - start >= FIRST_DRAWN);
	watch(fixture, 600);
	expect_line(fixture, "kexec: hashing: 50%, 50 of 100 MiB, ", " MiB/s");
	for (size_t i = 0; i < fixture->size; i++)
		draws += fixture->text[i] == '\r';
	/* Ten times a second, at most. */
	assert_in_range(draws, 1, (milliseconds() - start - FIRST_DRAWN) / 100 + 1);

	/* A stage of which nothing is counted; what was longer is gone. */
	progress_begin(&fixture->progress, "loading", 0);
	expect_line(fixture, "kexec: loading: ", " s");

	/* A message has a line for itself, and leaves nothing behind it. */
	forget(fixture);
	log_warning(&fixture->log, "something");
	expect_line(fixture, "kexec: loading: ", " s");
	assert_non_null(strstr(fixture->text, "\rkexec: warning: something\r\n"));

	progress_close(&fixture->progress);
	expect_line(fixture, "", "");
	assert_null(strchr(strchr(fixture->text, '\n') + 1, '\n'));
	watch(fixture, 300);
	expect_line(fixture, "", "");
}

/* Between stages nothing is shown; a line never reaches the terminal's last column. */
static void test_narrow(void **state)
{
	const struct winsize narrow = {.ws_row = 24, .ws_col = 40};
	struct fixture *fixture = *state;

	assert_int_equal(ioctl(fixture->slave, TIOCSWINSZ, &narrow), 0);
	progress_begin(&fixture->progress, "a stage of which there is much to say", 0);
	progress_update(&fixture->progress, 50 << 20);
	expect_line(fixture, "kexec: a stage of which there is much t", " t");
	progress_begin(&fixture->progress, NULL, 0);
	expect_line(fixture, "", "");
}

/* What was done before a stage is done, and says nothing of its speed. Only all of it is 100 %. */
static void test_skipped(void **state)
{
	struct fixture *fixture = *state;

	progress_begin(&fixture->progress, "hashing", 1000 << 20);
	progress_skip(&fixture->progress, 400 << 20);
	expect_line(fixture, "kexec: hashing: 40%, 400 of 1000 MiB, 0", " MiB/s");
	progress_update(&fixture->progress, (1000 << 20) - 1);
	expect_line(fixture, "kexec: hashing: 99%, 999 of 1000 MiB, ", " MiB/s");
	progress_update(&fixture->progress, 1000 << 20);
	expect_line(fixture, "kexec: hashing: 100%, 1000 of 1000 MiB, ", " MiB/s");
}

/* A load of several stages, to which the terminal is nothing. */
static void load_through(struct progress *progress)
{
	for (uint64_t i = 0; i < 3; i++) {
		progress_begin(progress, "hashing", 3 << 20);
		progress_update(progress, i << 20);
		usleep(FIRST_DRAWN * 600);
		progress_begin(progress, NULL, 0);
	}
	progress_close(progress);
}

/* On a terminal that is stopped (^S) a load goes on to its end: before there is a line, and after.
 */
static void test_stopped(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(tcflow(fixture->slave, TCOOFF), 0);
	load_through(&fixture->progress);
	assert_int_equal(tcflow(fixture->slave, TCOON), 0);
	take(fixture, 300);
	assert_int_equal(fixture->size, 0);

	progress_open(&fixture->progress, fixture->stream);
	progress_begin(&fixture->progress, "hashing", 0);
	expect_line(fixture, "kexec: hashing: ", " s");
	assert_int_equal(tcflow(fixture->slave, TCOOFF), 0);
	load_through(&fixture->progress);
	assert_int_equal(tcflow(fixture->slave, TCOON), 0);
}

/* Nor is it held up where a terminal is full, because nobody reads what it was sent. */
static void test_full(void **state)
{
	struct fixture *fixture = *state;
	const int flags = fcntl(fixture->slave, F_GETFL);

	assert_int_equal(fcntl(fixture->slave, F_SETFL, flags | O_NONBLOCK), 0);
	while (write(fixture->slave, "full of it", 10) > 0)
		;
	while (write(fixture->slave, "!", 1) > 0)
		;
	assert_int_equal(fcntl(fixture->slave, F_SETFL, flags), 0);
	load_through(&fixture->progress);
}

/* Load in the background of a terminal that stops those who write to it from there. */
static void load_in_background(struct fixture *fixture)
{
	struct termios settings;
	int status;
	pid_t child;

	if (setsid() < 0 || ioctl(fixture->slave, TIOCSCTTY, 0) ||
	    tcgetattr(fixture->slave, &settings))
		_exit(2);
	settings.c_lflag |= TOSTOP;
	if (tcsetattr(fixture->slave, TCSANOW, &settings))
		_exit(3);
	child = fork();
	if (child == 0) {
		if (setpgid(0, 0))
			_exit(4);
		load_through(&fixture->progress);
		_exit(0);
	}
	if (waitpid(child, &status, WUNTRACED) != child)
		_exit(5);
	if (WIFSTOPPED(status))
		kill(child, SIGKILL);
	_exit(status ? 6 : 0);
}

static void test_background(void **state)
{
	struct fixture *fixture = *state;
	int status;
	pid_t child;

	child = test_fork();
	if (child == 0)
		load_in_background(fixture);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	take(fixture, 300);
	assert_int_equal(fixture->size, 0);
}

static void test_no_terminal(void **state)
{
	struct fixture *fixture = *state;
	struct progress progress;
	int pipes[2];
	FILE *stream;
	char byte;

	assert_int_equal(pipe2(pipes, O_NONBLOCK), 0);
	stream = fdopen(pipes[1], "w");
	assert_non_null(stream);
	progress_open(&progress, stream);
	progress_begin(&progress, "hashing", 1 << 20);
	progress_update(&progress, 1 << 19);
	watch(fixture, FIRST_DRAWN + 300);
	progress_close(&progress);
	fflush(stream);
	assert_int_equal(read(pipes[0], &byte, 1), -1);
	assert_int_equal(fixture->size, 0);
	fclose(stream);
	close(pipes[0]);

	/* Nor is one needed. */
	progress_begin(NULL, "hashing", 1);
	progress_update(NULL, 1);
	progress_pause(NULL);
	progress_resume(NULL);
	progress_close(NULL);
}

/* Without devpts in /dev/pts there are no terminals. */
static bool have_terminals(void)
{
	int master, slave;

	if (openpty(&master, &slave, NULL, NULL, NULL))
		return false;
	close(master);
	close(slave);
	return true;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_short, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_long, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_narrow, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_skipped, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stopped, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_full, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_background, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_terminal, set_up, tear_down),
	};

	if (!have_terminals())
		return test_skip_all("no terminal can be opened: /dev/pts is not mounted");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
