/* SPDX-License-Identifier: GPL-2.0-only */
/* What is left of a load: a record for a later --show, and a line for a person at a terminal. */
#include <config.h>

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cpu/online_cpus.h"
#include "digest/engine_choice.h"
#include "load/kexec_syscall.h"
#include "load/phases.h"
#include "show/load_record.h"
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

static const char *name_call(const struct load_context *context)
{
	return context->choice.call == KEXEC_CALL_LOAD ? "kexec_load" : "kexec_file_load";
}

static bool is_verified(const struct load_context *context)
{
	return call_choice_has_purgatory(&context->choice) && !context->request->no_checks;
}

_Static_assert(ONLINE_CPUS_TEXT_SIZE <= LOAD_RECORD_TEXT_SIZE, "room for all CPUs");

static void fill_record(struct load_record *record, const struct load_input *input,
			const struct load_context *context)
{
	const struct verify_time *predicted = &input->verify_time;

	*record = (struct load_record){
		.program = "kexec-mmu " PACKAGE_VERSION,
		.time = (uint64_t)time(NULL),
		.kernel_size = input->image.kernel.size,
		.initrd_size = input->initrd.size,
	};
	snprintf(record->call, sizeof(record->call), "%s", name_call(context));
	snprintf(record->kernel, sizeof(record->kernel), "%s", context->request->kernel);
	if (!is_verified(context))
		return;
	snprintf(record->engine, sizeof(record->engine), "%s",
		 engine_choice_name(predicted->engine));
	if (input->sharing)
		online_cpus_format(record->cpus, &input->cpus, input->sharing);
	record->verified_size = predicted->bytes;
	if (predicted->state == VERIFY_TIME_KNOWN)
		record->microseconds = predicted->microseconds;
}

void loaded_record(const struct load_input *input, const struct load_context *context, int error)
{
	const struct sysroot running = {.directory = ""};
	const bool crash = context->request->crash;
	struct load_record record;

	if (request_is_plan(context->request))
		return;
	if (error) {
		/* A call that fails may have freed what was loaded before. */
		if (!kexec_syscall_seems_loaded(crash))
			load_record_remove(&running, crash);
		return;
	}
	fill_record(&record, input, context);
	error = load_record_write(&record, &running, crash);
	if (error)
		log_debug(context->log, "cannot write to %s: %s: kexec --show will not know",
			  LOAD_RECORD_DIRECTORY, strerror(-error));
}

static void print_verification(const struct load_input *input, const struct load_context *context)
{
	char time[32], size[WORDS_SIZE];

	if (!is_verified(context)) {
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
	       input->initrd.size ? " with its initrd" : "", name_call(context));
	print_verification(input, context);
	printf("; %s\n", find_next(request));
	fflush(stdout);
	progress_resume(context->log->progress);
}
