/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a terminal is told after a load, and a pipe is not.
 */
#include "support.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "load/phases.h"

static const struct load_input input = {
	.initrd = {(const uint8_t *)"", 1},
	.verify_time = {.state = VERIFY_TIME_KNOWN,
			.engine = SHA256_ARM64_SHA2_X2,
			.bytes = 80 << 20,
			.microseconds = 25000},
};

/* What the call prints on a terminal, or in a pipe, without the end of the line. */
static void read_what_is_told(char text[512], const struct options *request, enum kexec_call call,
			      bool is_terminal)
{
	const struct log log = {.stream = NULL};
	const struct load_context context = {
		.request = request, .log = &log, .arch = &arch_arm64, .choice = {.call = call}};
	size_t size = 0;
	ssize_t count;
	int ends[2], status;
	pid_t child;

	if (is_terminal)
		test_terminal_open(&ends[0], &ends[1], NULL);
	else
		assert_int_equal(pipe(ends), 0);
	child = test_fork();
	if (child == 0) {
		close(ends[0]);
		dup2(ends[1], STDOUT_FILENO);
		loaded_tell(&input, &context);
		_exit(fclose(stdout));
	}
	close(ends[1]);
	while ((count = read(ends[0], text + size, 511 - size)) > 0)
		size += (size_t)count;
	text[size] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void test_told(void **state)
{
	static const struct {
		struct options request;
		enum kexec_call call;
		const char *start, *rest;
	} cases[] = {
		{{.kernel = "/k"},
		 KEXEC_CALL_LOAD,
		 "kexec: loaded /k with its initrd by kexec_load; purgatory will verify 80 MiB "
		 "with sha2-x2 in about 25 ms (predicted); start it with: ",
		 "kexec"},
		{{.kernel = "/k", .crash = true},
		 KEXEC_CALL_LOAD,
		 "kexec: loaded /k with its initrd by kexec_load; purgatory will verify 80 MiB",
		 "; it starts when this kernel panics\r\n"},
		{{.kernel = "/k", .no_checks = true},
		 KEXEC_CALL_LOAD,
		 "kexec: loaded /k with its initrd by kexec_load; nothing will verify it; ",
		 "start it with: "},
		{{.kernel = "/k"},
		 KEXEC_CALL_FILE_LOAD,
		 "kexec: loaded /k with its initrd by kexec_file_load; nothing will verify it; ",
		 "start it with: "},
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		read_what_is_told(text, &cases[i].request, cases[i].call, true);
		if (strncmp(text, cases[i].start, strlen(cases[i].start)) ||
		    !strstr(text, cases[i].rest) || strchr(text, '\n') != strrchr(text, '\n'))
			fail_msg("case %zu: %s", i, text);
		read_what_is_told(text, &cases[i].request, cases[i].call, false);
		assert_string_equal(text, "");
	}
}

static void test_silent(void **state)
{
	static const struct options requests[] = {
		{.kernel = "/k", .quiet = true},    {.kernel = "/k", .exec = true},
		{.kernel = "/k", .reboot = true},   {.kernel = "/k", .plan = PLAN_TEXT},
		{.kernel = "/k", .output = "plan"},
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
		read_what_is_told(text, &requests[i], KEXEC_CALL_LOAD, true);
		assert_string_equal(text, "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_silent),
	};

	return test_status(cmocka_run_group_tests(tests, NULL, NULL));
}
