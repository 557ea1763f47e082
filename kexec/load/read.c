/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads what to boot, and what runs here. */
#include <errno.h>
#include <string.h>

#include "base/threads.h"
#include "digest/engine_choice.h"
#include "digest/running_engine.h"
#include "image/initrd.h"
#include "load/phases.h"
#include "machine/command_line.h"

/* Nothing is hashed for a plain kexec_file_load(2), because there is no manifest of ours then. */
int read_begin_hashing(struct load_input *input, const struct load_context *context)
{
	if (context->request->no_checks || !call_choice_has_purgatory(&context->choice))
		return 0;
	if (chunk_hash_open(&input->hash, running_engine(), threads_count_cpus()))
		return log_error(context->log, -ENOMEM, "no memory for hashing");
	return 0;
}

/* The console is needed only for our purgatory. */
int read_machine(struct load_input *input, const struct load_context *context)
{
	const char *serial =
		call_choice_has_purgatory(&context->choice) ? context->request->serial : "none";

	return machine_read(&input->machine, context->arch, context->request->sysroot, serial,
			    context->log);
}

int read_engine(struct load_input *input, const struct load_context *context)
{
	const struct machine *machine = &input->machine;

	if (!call_choice_has_purgatory(&context->choice))
		return 0;
	cpu_engines_read(&input->engines, context->arch, &machine->cpu, &machine->devicetree,
			 &machine->sysroot);
	return engine_choice_make(&input->engine, context->request->engine, context->arch,
				  &input->engines, context->log);
}

/*
 * Offer the contents of the user's files to the hash. They will lie in memory as they lie in the
 * files.
 */
static void offer_initrd(const struct load_input *input)
{
	chunk_hash_offer(input->hash, input->initrd_file.data, input->initrd_file.size);
}

static void offer_image(const struct load_input *input)
{
	for (size_t i = 0; i < input->image.part_count; i++)
		chunk_hash_offer(input->hash, input->image.parts[i].data,
				 input->image.parts[i].size);
}

/* Read the initrds that the user names, if any. */
int read_initrd(struct load_input *input, const struct load_context *context)
{
	const struct options *options = context->request;
	struct file_bytes *file = &input->initrd_file;
	int error = 0;

	if (options->reuse_initrd)
		error = initrd_open_running(file, &input->machine.sysroot, context->log);
	else if (options->initrd_count)
		error = initrd_open(file, input->initrd_offsets, options->initrds,
				    options->initrd_count, context->log);
	if (!error)
		offer_initrd(input);
	return error;
}

int read_image(struct load_input *input, const struct load_context *context)
{
	const struct options *options = context->request;
	const struct image_request request = {
		.arch = context->arch,
		.path = options->kernel,
		.type = options->type,
		.limit = input->machine.ram_size / 2,
		.has_devicetree = options->dtb,
		.board = input->machine.board,
		.hash = input->hash,
		.log = context->log,
	};
	int error = image_open(&input->image, &request);

	offer_image(input);
	return error;
}

/* An initrd that the user names replaces the one in the kernel's file. */
int read_choose_initrd(struct load_input *input, const struct load_context *context)
{
	const struct options *options = context->request;
	const struct file_bytes *file = &input->initrd_file;

	input->initrd = input->image.initrd;
	if (file->size) {
		input->initrd = (struct image_bytes){file->data, file->size};
		if (input->image.initrd.size)
			log_debug(context->log, "initrd: not the one in %s, but %s",
				  options->kernel,
				  options->reuse_initrd ? "the running kernel's"
							: options->initrds[0]);
	} else if (input->initrd.size) {
		log_debug(context->log, "initrd: the one in %s, %zu bytes", options->kernel,
			  input->initrd.size);
	}
	return 0;
}

/*
 * Use the command line in the kernel's file, if it has one. Words may be separated by ends of lines
 * there. Like systemd-stub (mangle_stub_cmdline() in src/boot/util.c), replace these by blanks,
 * because the next kernel shows its command line as a single line.
 */
static int copy_command_line(struct load_input *input, const struct load_context *context)
{
	const struct image_bytes *text = &input->image.command_line;

	if (!text->size)
		return 0;
	input->command_line = strndup((const char *)text->data, text->size);
	if (!input->command_line)
		return log_error(context->log, -ENOMEM, "no memory for the command line");
	for (char *character = input->command_line; *character; character++)
		if ((unsigned char)*character < ' ')
			*character = ' ';
	log_debug(context->log, "command line: the one in %s, '%s'", context->request->kernel,
		  input->command_line);
	return 0;
}

int read_command_line(struct load_input *input, const struct load_context *context)
{
	const struct options *options = context->request;
	int error;

	if (options->reuse_cmdline || options->append)
		error = command_line_compose(&input->command_line, &input->machine.sysroot,
					     options->reuse_cmdline, options->append,
					     options->crash, context->log);
	else
		error = copy_command_line(input, context);
	if (!error && input->command_line &&
	    strlen(input->command_line) >= context->arch->command_line_size)
		return log_error(context->log, -E2BIG,
				 "the command line has %zu bytes, but a kernel for %s keeps only "
				 "%u: shorten it",
				 strlen(input->command_line), context->arch->name,
				 context->arch->command_line_size - 1);
	return error;
}

int read_for_segments(struct load_input *input, struct load_context *context)
{
	int error;

	machine_free(&input->machine);
	context->choice = (struct call_choice){.call = KEXEC_CALL_LOAD};
	error = read_begin_hashing(input, context)
			?: read_machine(input, context)
			?: running_check_reset(input, context)
			?: share_choose_cpus(input, context)
			?: read_engine(input, context);
	offer_initrd(input);
	offer_image(input);
	return error;
}
