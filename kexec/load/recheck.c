/* SPDX-License-Identifier: GPL-2.0-only */
/* Checks that the files are still what was read, before the kernel gets them and afterwards. */
#include "load/choose.h"
#include "load/phases.h"

/*
 * Check that the files have not changed since they were hashed. Else the verification would fail
 * later.
 */
int recheck_files(const struct load_input *input, const struct load_context *context)
{
	int error = file_bytes_check_unchanged(&input->image.file, context->request->kernel,
					       context->log);

	if (!error && context->request->initrd_count)
		error = file_bytes_check_unchanged(&input->initrd_file,
						   context->request->initrds[0], context->log);
	return error;
}

/*
 * Check once more, because the kernel has read the files by now. If they changed, unload: no kernel
 * is better than one that does not match.
 */
int recheck_submitted(const struct load_input *input, const struct load_context *context)
{
	const struct sysroot running = {.directory = ""};
	int error;

	if (request_is_plan(context->request))
		return 0;
	error = recheck_files(input, context);
	if (error)
		choose_call_unload(&running, context->request, context->log);
	return error;
}
