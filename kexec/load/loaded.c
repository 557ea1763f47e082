/* SPDX-License-Identifier: GPL-2.0-only */
/* What a person at a terminal is told after a load. */
#include <stdio.h>
#include <unistd.h>

#include "digest/engine_choice.h"
#include "load/phases.h"
#include "show/words.h"

/* Exists where systemd runs: sd_booted(3). */
#define SYSTEMD "/run/systemd/system"

/* What comes next: a clause. */
static const char *find_next(const struct options *request)
{
	if (request->crash)
		return "it starts when this kernel panics";
	return access(SYSTEMD, F_OK) == 0 ? "start it with: systemctl kexec"
					  : "start it with: kexec -e";
}

static void print_verification(const struct load_input *input, const struct load_context *context)
{
	char time[32], size[WORDS_SIZE];

	if (!call_choice_has_purgatory(&context->choice) || context->request->no_checks) {
		printf("nothing will verify it");
		return;
	}
	printf("purgatory will verify %s with %s", words_size(size, input->verify_time.bytes),
	       engine_choice_name(input->verify_time.engine));
	if (input->verify_time.state == VERIFY_TIME_KNOWN) {
		verify_time_format_short(time, &input->verify_time);
		printf(" in %s (predicted)", time);
	}
}

/* Print nothing if nobody reads it, or if the next step follows at once. */
void loaded_tell(const struct load_input *input, const struct load_context *context)
{
	const struct options *request = context->request;

	if (request_is_plan(request) || request->quiet || request->exec || request->reboot ||
	    !isatty(STDOUT_FILENO))
		return;
	progress_pause(context->log->progress);
	printf("kexec: loaded %s%s by %s; ", request->kernel,
	       input->initrd.size ? " with its initrd" : "",
	       context->choice.call == KEXEC_CALL_LOAD ? "kexec_load" : "kexec_file_load");
	print_verification(input, context);
	printf("; %s\n", find_next(request));
	fflush(stdout);
	progress_resume(context->log->progress);
}
