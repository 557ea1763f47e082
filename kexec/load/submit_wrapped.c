/* SPDX-License-Identifier: GPL-2.0-only */
/* kexec_file_load(2) of a plan that is wrapped into one Image. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/kernel_release.h"
#include "load/crash_place.h"
#include "load/kexec_file_load.h"
#include "load/phases.h"
#include "load/sealed_file.h"

/* Make the Image. Returns a sealed descriptor, which the caller closes, or -errno with a message.
 */
static int make_file(const struct plan *plan, const struct log *log)
{
	const int descriptor = sealed_file_create("crash kernel");
	int error = descriptor < 0 ? descriptor : wrapped_image_write(descriptor, plan);

	if (!error)
		error = sealed_file_seal(descriptor);
	if (!error)
		return descriptor;
	if (descriptor >= 0)
		close(descriptor);
	if (error == -ENOSPC)
		error = -ENOMEM;
	return log_error(
		log, error,
		"cannot make a file of the crash kernel in memory: %s; stop programs, use a "
		"smaller initrd, or load it unverified with --no-checks",
		strerror(-error));
}

/*
 * The kernel has put it elsewhere, so purgatory would refuse it in a crash. Remove it, because a
 * plain load may fail.
 */
static int give_up_place(const struct load_context *context, uint64_t expected, uint64_t found,
			 bool *refused)
{
	const struct log *log = context->log;
	int error = kexec_file_load_unload(true, log);

	if (error)
		return error;
	if (context->choice.wrap_needed)
		return log_error(log, -EADDRNOTAVAIL,
				 "the running kernel puts crash kernels at 0x%" PRIx64
				 ", and not at 0x%" PRIx64 " as others do: load with "
				 "--kexec-syscall, or without other options",
				 found, expected);
	log_warning(log,
		    "the running kernel puts crash kernels at 0x%" PRIx64 ", and not at 0x%" PRIx64
		    " as others do: loading it plainly, so that %s",
		    found, expected, context->arch->file_load_loss);
	*refused = true;
	return 0;
}

/* The call failed. A policy may accept the kernel's own file. */
static int handle_failure(const struct kexec_file_request *request, int error, bool lost,
			  const struct load_context *context, bool *refused)
{
	if (!kexec_file_load_is_policy(error) || context->choice.wrap_needed)
		return kexec_file_load_report(request, error, lost, context->log);
	log_warning(context->log,
		    "the running kernel does not accept a crash kernel together with what verifies "
		    "it (%s): loading it plainly, so that %s",
		    strerror(-error), context->arch->file_load_loss);
	*refused = true;
	return 0;
}

static int make_call(const struct kexec_file_request *request, const struct crash_place *place,
		     uint64_t expected, const struct load_context *context, bool *refused)
{
	bool lost;
	int error = kexec_file_load_try(request, &lost);
	uint64_t found;

	if (error)
		return handle_failure(request, error, lost, context, refused);
	found = crash_place_find(place);
	log_debug(context->log, "the crash kernel's Image is at 0x%" PRIx64 "%s",
		  found ? found : expected, found ? "" : ", as far as anything tells");
	return found && found != expected ? give_up_place(context, expected, found, refused) : 0;
}

int submit_wrapped(const struct load_layout *layout, const struct load_input *input,
		   const struct load_context *context, bool *refused)
{
	struct kexec_file_request request = {
		.initrd = -1,
		/* For IMA, which measures it: the next kernel has it in its device tree. */
		.command_line = tree_next_command_line(input),
		.crash = true,
		.debug = context->request->debug,
		.no_cma = context->request->no_cma,
		.stops_cpus = context->arch->load_stops_cpus,
		.release = kernel_release_running(),
		.load_obstacle = context->choice.load_obstacle,
	};
	struct crash_place place;
	int error;

	request.kernel = make_file(&layout->plan, context->log);
	if (request.kernel < 0)
		return request.kernel;
	if (crash_place_open(&place, context->arch, &input->machine.sysroot, request.release))
		request.debug = true;
	error = make_call(&request, &place, layout->wrapped.range.start, context, refused);
	crash_place_close(&place);
	close(request.kernel);
	return error;
}
