/* SPDX-License-Identifier: GPL-2.0-only */
/* What to boot, and what runs here. */
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#include "digest/engine_choice.h"
#include "image/initrd.h"
#include "load/state.h"
#include "machine/command_line.h"

/* The architecture to load for; without --output it must be the running machine's. */
int load_choose_arch(struct load *load)
{
	const struct options *options = load->options;
	const struct arch *running;
	struct utsname name;

	if (uname(&name) < 0)
		return log_error(load->log, -errno, "uname: %s", strerror(errno));
	running = arch_find_machine(name.machine);
	load->arch = options->target ? options->target : running;
	if (!load->arch)
		return log_error(load->log, -ENOTSUP,
				 "this kexec boots kernels on arm64 and riscv64, and this machine "
				 "is %s: use kexec-tools here, or --target, --sysroot and --output "
				 "to plan for another machine",
				 name.machine);
	if (load->arch != running && !options->sysroot)
		return log_error(load->log, -EINVAL,
				 "this machine is %s: for a plan for %s add --sysroot=DIR with a "
				 "captured system",
				 name.machine, load->arch->name);
	return 0;
}

/* Only a purgatory of ours writes to the console. */
int load_read_machine(struct load *load)
{
	const char *serial = load->call == KEXEC_CALL_LOAD ? load->options->serial : "none";

	return machine_read(&load->machine, load->arch, load->options->sysroot, serial, load->log);
}

int load_choose_engine(struct load *load)
{
	const struct machine *machine = &load->machine;
	struct cpu_engines engines;

	cpu_engines_read(&engines, load->arch, &machine->cpu, &machine->devicetree,
			 &machine->sysroot);
	return engine_choose(&load->engine, load->options->engine, load->arch, &engines, load->log);
}

/* The files that the user names, if any. */
int load_read_initrd(struct load *load)
{
	const struct options *options = load->options;
	struct file_bytes *file = &load->initrd_file;
	int error = 0;

	if (options->reuse_initrd)
		error = initrd_open_running(file, &load->machine.sysroot, load->log);
	else if (options->initrd_count)
		error = initrd_open(file, load->initrd_offsets, options->initrds,
				    options->initrd_count, load->log);
	if (!error)
		chunk_hash_offer(load->hash, file->data, file->size);
	return error;
}

int load_read_image(struct load *load)
{
	const struct options *options = load->options;
	const struct image_request request = {
		.arch = load->arch,
		.path = options->kernel,
		.type = options->type,
		.limit = load->machine.ram_size / 2,
		.has_devicetree = options->dtb,
		.board = load->machine.board,
		.hash = load->hash,
		.log = load->log,
	};
	int error = image_open(&load->image, &request);

	for (size_t i = 0; i < load->image.part_count; i++)
		chunk_hash_offer(load->hash, load->image.parts[i].data, load->image.parts[i].size);
	return error;
}

/* What the user names takes the place of what the kernel's file brings. */
int load_choose_initrd(struct load *load)
{
	const struct options *options = load->options;
	const struct file_bytes *file = &load->initrd_file;

	load->initrd = load->image.initrd;
	if (file->size) {
		load->initrd = (struct image_bytes){file->data, file->size};
		if (load->image.initrd.size)
			log_debug(load->log, "initrd: not the one in %s, but %s", options->kernel,
				  options->reuse_initrd ? "the running kernel's"
							: options->initrds[0]);
	} else if (load->initrd.size) {
		log_debug(load->log, "initrd: the one in %s, %zu bytes", options->kernel,
			  load->initrd.size);
	}
	return 0;
}

/*
 * Take over the command line of the kernel's file, if it has one. What separates words there may be
 * an end of line, for which systemd-stub puts a blank (mangle_stub_cmdline() in src/boot/util.c):
 * the next kernel shows its command line as a single line.
 */
static int copy_command_line(struct load *load)
{
	const struct image_bytes *text = &load->image.command_line;

	if (!text->size)
		return 0;
	load->command_line = strndup((const char *)text->data, text->size);
	if (!load->command_line)
		return log_error(load->log, -ENOMEM, "no memory for the command line");
	for (char *character = load->command_line; *character; character++)
		if ((unsigned char)*character < ' ')
			*character = ' ';
	log_debug(load->log, "command line: the one in %s, '%s'", load->options->kernel,
		  load->command_line);
	return 0;
}

int load_read_command_line(struct load *load)
{
	const struct options *options = load->options;
	int error;

	if (options->reuse_cmdline || options->append)
		error = command_line_compose(&load->command_line, &load->machine.sysroot,
					     options->reuse_cmdline, options->append,
					     options->crash, load->log);
	else
		error = copy_command_line(load);
	if (!error && load->command_line &&
	    strlen(load->command_line) >= load->arch->command_line_size)
		return log_error(load->log, -E2BIG,
				 "the command line has %zu bytes, of which a kernel for %s keeps "
				 "%u: shorten it",
				 strlen(load->command_line), load->arch->name,
				 load->arch->command_line_size - 1);
	return error;
}
