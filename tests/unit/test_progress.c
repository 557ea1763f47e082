/* SPDX-License-Identifier: GPL-2.0-only */
/* What a terminal gets to see of a load, and what a pipe does not. */
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/log.h"
#include "support.h"

/* A terminal and what it was sent. */
struct fixture {
	int master;
	FILE *stream;
	struct progress progress;
	struct log log;
	char text[65536];
	size_t size;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	const struct winsize window = {.ws_row = 24, .ws_col = 40};
	int slave;

	assert_non_null(fixture);
	assert_int_equal(openpty(&fixture->master, &slave, NULL, NULL, &window), 0);
	fixture->stream = fdopen(slave, "w");
	assert_non_null(fixture->stream);
	setvbuf(fixture->stream, NULL, _IONBF, 0);
	progress_open(&fixture->progress, fixture->stream);
	fixture->log = (struct log){.stream = fixture->stream, .progress = &fixture->progress};
	*state = fixture;
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

/* Take in what the terminal is sent during so many milliseconds. */
static void watch(struct fixture *fixture, int milliseconds)
{
	struct pollfd ready = {.fd = fixture->master, .events = POLLIN};

	usleep((useconds_t)milliseconds * 1000);
	while (poll(&ready, 1, 0) > 0) {
		ssize_t size = read(fixture->master, fixture->text + fixture->size,
				    sizeof(fixture->text) - 1 - fixture->size);

		if (size <= 0)
			return;
		fixture->size += (size_t)size;
	}
	fixture->text[fixture->size] = '\0';
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

static void test_short(void **state)
{
	struct fixture *fixture = *state;

	progress_begin(&fixture->progress, "hashing", 1 << 20);
	progress_update(&fixture->progress, 1 << 19);
	watch(fixture, 500);
	progress_begin(&fixture->progress, NULL, 0);
	progress_close(&fixture->progress);
	watch(fixture, 700);
	assert_int_equal(fixture->size, 0);
}

static void test_long(void **state)
{
	struct fixture *fixture = *state;
	char line[128];
	size_t draws = 0;

	progress_begin(&fixture->progress, "hashing", 100 << 20);
	progress_update(&fixture->progress, 50 << 20);
	watch(fixture, 1600);
	last_line(fixture, line);
	assert_int_equal(strncmp(line, "kexec: hashing: 50 of 100 MiB, ", 31), 0);
	for (size_t i = 0; i < fixture->size; i++)
		draws += fixture->text[i] == '\r';
	assert_in_range(draws, 1, 8);

	/* A stage of which nothing is counted; what was longer is gone. */
	progress_begin(&fixture->progress, "loading", 0);
	watch(fixture, 300);
	assert_string_equal(last_line(fixture, line), "kexec: loading: 0 s");

	/* A message has a line for itself, and leaves nothing behind it. */
	forget(fixture);
	log_warning(&fixture->log, "something");
	watch(fixture, 0);
	assert_non_null(strstr(fixture->text, "\rkexec: warning: something\r\n"));
	watch(fixture, 300);
	assert_string_equal(last_line(fixture, line), "kexec: loading: 0 s");

	progress_close(&fixture->progress);
	watch(fixture, 0);
	assert_string_equal(last_line(fixture, line), "");
	assert_null(strchr(strchr(fixture->text, '\n') + 1, '\n'));
	forget(fixture);
	watch(fixture, 300);
	assert_int_equal(fixture->size, 0);
}

/* Between stages nothing is shown; a line never reaches the terminal's last column. */
static void test_narrow(void **state)
{
	struct fixture *fixture = *state;
	char line[128];

	progress_begin(&fixture->progress, "a stage of which there is much to say", 0);
	progress_update(&fixture->progress, 50 << 20);
	watch(fixture, 1300);
	assert_string_equal(last_line(fixture, line), "kexec: a stage of which there is much t");
	progress_begin(&fixture->progress, NULL, 0);
	watch(fixture, 300);
	assert_string_equal(last_line(fixture, line), "");
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
	watch(fixture, 1300);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_short, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_long, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_narrow, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_terminal, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
