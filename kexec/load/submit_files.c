/* SPDX-License-Identifier: GPL-2.0-only */
/* The steps for kexec_file_load(2); the kernel does the rest. */
#include <elf.h>
#include <errno.h>
#include <libfdt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/kernel_release.h"
#include "image/mapped_file.h"
#include "load/kexec_file_load.h"
#include "load/phases.h"
#include "load/sealed_file.h"

/* Why kexec_file_load(2) cannot take a kernel's file. */
struct misfit {
	char reason[96];     /* a clause that continues the file's name */
	const char *instead; /* what it takes */
};

/*
 * True if the call cannot take the kernel's format, an Image or a vmlinux; then @misfit says why.
 */
static bool format_misfits(struct misfit *misfit, const struct image_bytes *kernel,
			   const struct arch *arch)
{
	const bool is_elf = kernel->size >= SELFMAG && !memcmp(kernel->data, ELFMAG, SELFMAG);
	const char *format = is_elf ? "a vmlinux" : "an Image";
	const uint32_t since = is_elf ? arch->file_load_elf : arch->file_load_image;
	const uint32_t release = kernel_release_running();

	misfit->instead = is_elf ? "an Image" : "a vmlinux";
	if (!since)
		snprintf(misfit->reason, sizeof(misfit->reason),
			 "is %s, which kexec_file_load does not take on %s", format, arch->name);
	else if (release && release < since)
		snprintf(misfit->reason, sizeof(misfit->reason),
			 "is %s, which kexec_file_load takes on %s from Linux %u.%u on", format,
			 arch->name, KERNEL_RELEASE_MAJOR(since), KERNEL_RELEASE_MINOR(since));
	else
		return false;
	return true;
}

/* True if the call cannot take what was read; then @misfit says why. */
static bool input_misfits(struct misfit *misfit, const struct load_input *input,
			  const struct load_context *context)
{
	if (format_misfits(misfit, &input->image.kernel, context->arch))
		return true;
	if (!input->image.devicetree.data)
		return false;
	*misfit = (struct misfit){"brings a device tree, which kexec_file_load cannot hand on",
				  "a kernel without one"};
	return true;
}

bool submit_files_give_up(const struct load_input *input, const struct load_context *context)
{
	struct misfit misfit;

	if (!context->choice.for_handover || !input_misfits(&misfit, input, context))
		return false;
	log_warning(context->log,
		    "%s: %s: loading with kexec_load after all, and what kexec handover preserved "
		    "will be lost; use %s to keep it",
		    context->request->kernel, misfit.reason, misfit.instead);
	return true;
}

bool submit_files_can_take(const struct load_input *input, const struct load_context *context)
{
	struct misfit misfit;

	return !input_misfits(&misfit, input, context);
}

/*
 * Check the format before the call, because a failed call counts as an attempt and may cost the
 * crash kernel.
 */
int submit_files_check_format(const struct load_input *input, const struct load_context *context)
{
	const struct kexec_obstacle *obstacle = context->choice.load_obstacle;
	struct misfit misfit;

	if (!input_misfits(&misfit, input, context))
		return 0;
	if (obstacle)
		return log_error(context->log, -ENOEXEC, "%s: %s, and %s: use %s, or %s",
				 context->request->kernel, misfit.reason, obstacle->reason,
				 misfit.instead, obstacle->remedy);
	return log_error(context->log, -ENOEXEC, "%s: %s: use %s, or load it with --kexec-syscall",
			 context->request->kernel, misfit.reason, misfit.instead);
}

/*
 * If the user gives no command line, use the bootargs of the running device tree, as with the other
 * call. The kernel would leave the next one without a command line.
 */
int submit_files_inherit_command_line(struct load_input *input, const struct load_context *context)
{
	const void *fdt = input->machine.devicetree.fdt;
	const char *bootargs;
	int chosen;

	if (input->command_line || !fdt)
		return 0;
	chosen = fdt_path_offset(fdt, "/chosen");
	if (chosen < 0)
		return 0;
	bootargs = fdt_stringlist_get(fdt, chosen, "bootargs", 0, NULL);
	if (!bootargs)
		return 0;
	input->command_line = strdup(bootargs);
	return input->command_line
		       ? 0
		       : log_error(context->log, -ENOMEM, "no memory for the command line");
}

/*
 * Returns a descriptor, which the caller closes, or -errno with a message. It is that of the file
 * itself if the kernel reads all of it, so that the kernel sees what belongs to the file too
 * (signatures in extended attributes). Else it is that of a copy.
 */
static int make_descriptor(const struct file_bytes *file, const struct image_bytes *bytes,
			   const char *purpose, const struct log *log)
{
	int descriptor;

	if (file->source && file->data == bytes->data && file->size == bytes->size)
		descriptor = mapped_file_duplicate(file->source);
	else
		descriptor = sealed_file_make(purpose, bytes->data, bytes->size);
	if (descriptor < 0)
		return log_error(log, descriptor, "cannot make a file of the %s in memory: %s",
				 purpose, strerror(-descriptor));
	return descriptor;
}

/* Make the call, and close the two descriptors; -1 is none. */
static int submit_request(const struct load_input *input, const struct load_context *context,
			  struct kexec_file_request *request)
{
	request->kernel =
		make_descriptor(&input->image.file, &input->image.kernel, "kernel", context->log);
	if (request->kernel < 0)
		return request->kernel;
	if (input->initrd.size) {
		request->initrd = make_descriptor(&input->initrd_file, &input->initrd, "initrd",
						  context->log);
		if (request->initrd < 0)
			return request->initrd;
	}
	progress_begin(context->log->progress, "loading", 0);
	return kexec_file_load_request(request, context->log);
}

int submit_files(const struct load_input *input, const struct load_context *context)
{
	struct kexec_file_request request = {
		.kernel = -1,
		.initrd = -1,
		.command_line = input->command_line,
		.crash = context->request->crash,
		.debug = context->request->debug,
		.no_cma = context->request->no_cma,
		.stops_cpus = context->arch->load_stops_cpus,
		.release = kernel_release_running(),
		.load_obstacle = context->choice.load_obstacle,
	};
	struct plan_view view;
	int error = view_make(&view, NULL, input, context);

	if (!error)
		error = view_show(&view, context);
	view_free(&view);
	if (error || request_is_plan(context->request))
		return error;
	error = submit_request(input, context, &request);
	progress_begin(context->log->progress, NULL, 0);
	if (request.kernel >= 0)
		close(request.kernel);
	if (request.initrd >= 0)
		close(request.initrd);
	return error;
}
