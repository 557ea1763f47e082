/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether the files are still what was read, before the kernel gets them and after it. */
#include "load/choose.h"
#include "load/phases.h"

/* What was hashed is what is in the files: else the load would fail its verification later. */
int recheck_files(const struct load_input *input, const struct load_context *context)
{
	int error = file_bytes_check_unchanged(&input->image.file, context->request->kernel,
					       context->log);

	if (!error && context->request->initrd_count)
		error = file_bytes_check_unchanged(&input->initrd_file,
						   context->request->initrds[0], context->log);
	return error;
}

/* The kernel has read the files by now: once more, and rather no kernel than one that mismatches.
 */
int recheck_submitted(const struct load_input *input, const struct load_context *context)
{
	const struct sysroot running = {.directory = ""};
	int error;

	if (context->request->output)
		return 0;
	error = recheck_files(input, context);
	if (error)
		choose_call_unload(&running, context->request, context->log);
	return error;
}
