/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes the system call, or writes --output. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "load/choose.h"
#include "load/kexec_syscall.h"
#include "load/phases.h"
#include "plan/output.h"
#include "show/plan_json.h"

/* The document of a plan. Returns a text that the caller frees, or NULL. */
static char *make_document(const struct plan_view *view)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);
	bool failed;

	if (!stream)
		return NULL;
	plan_json_print(stream, view);
	failed = ferror(stream);
	failed |= fclose(stream) != 0;
	if (!failed)
		return text;
	free(text);
	return NULL;
}

static int write_output(const struct plan_view *view, const struct load_input *input,
			const struct load_context *context)
{
	char *document = make_document(view);
	struct output *output = NULL;
	int error;

	if (!document)
		return log_error(context->log, -ENOMEM, "no memory to write the plan");
	error = output_write(&output, view->plan, view->wrapped, document, context->request->output,
			     context->log);
	/*
	 * Check the files once more. If they changed, this plan must not replace a former one.
	 */
	if (!error)
		error = recheck_files(input, context);
	if (!error)
		error = output_place(output);
	output_close(output);
	free(document);
	return error;
}

/* Show the load, and write it to --output. */
static int show(const struct load_layout *layout, const struct load_input *input,
		const struct load_context *context)
{
	struct plan_view view;
	int error = view_make(&view, layout, input, context);

	if (!error)
		error = view_show(&view, context);
	if (!error && context->request->output) {
		progress_begin(context->log->progress, "writing", 0);
		error = write_output(&view, input, context);
	}
	view_free(&view);
	return error;
}

/* Make the system call. A kernel that does not permit it may permit the other one. */
static int submit_plan(const struct load_layout *layout, const struct load_input *input,
		       const struct load_context *context, bool *refused)
{
	const struct sysroot running = {.directory = ""};
	char advice[CHOOSE_ADVICE_SIZE];
	bool lost;
	int error = kexec_syscall_load(&layout->plan, context->arch, input->flags, &lost);

	if (!error)
		return 0;
	if (!lost && choose_call_after_refusal(error, &running, context->request, context->arch,
					       context->log)) {
		*refused = true;
		return 0;
	}
	choose_call_advise(advice, &running, context->request, error);
	return kexec_syscall_report_load(error, advice, lost, context->arch, input->flags,
					 context->log);
}

int submit_segments(const struct load_layout *layout, const struct load_input *input,
		    const struct load_context *context, bool *refused)
{
	struct progress *progress = context->log->progress;
	int error = show(layout, input, context);

	*refused = false;
	if (!error && !request_is_plan(context->request)) {
		progress_begin(progress, "loading", 0);
		error = context->choice.wrapped ? submit_wrapped(layout, input, context, refused)
						: submit_plan(layout, input, context, refused);
	}
	progress_begin(progress, NULL, 0);
	return error;
}
