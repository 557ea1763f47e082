/* SPDX-License-Identifier: GPL-2.0-only */
/* What to boot, and what runs here. */
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

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
				 "this machine is %s, neither arm64 nor riscv64: name the one to "
				 "plan for with --target, and --sysroot and --output",
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

int load_read_image(struct load *load)
{
	return image_open(&load->image, load->arch, load->options->kernel, load->options->type,
			  load->machine.ram_size / 2, load->log);
}

int load_read_initrd(struct load *load)
{
	const struct options *options = load->options;

	if (options->reuse_initrd)
		return initrd_open_running(&load->initrd, &load->machine.sysroot, load->log);
	if (!options->initrd_count)
		return 0;
	return initrd_open(&load->initrd, options->initrds, options->initrd_count, load->log);
}

int load_read_command_line(struct load *load)
{
	int error = command_line_compose(&load->command_line, &load->machine.sysroot,
					 load->options->reuse_cmdline, load->options->append,
					 load->options->crash, load->log);

	if (!error && load->command_line &&
	    strlen(load->command_line) >= load->arch->command_line_size)
		return log_error(load->log, -E2BIG,
				 "the command line has %zu bytes, of which a kernel for %s keeps "
				 "%u: shorten it",
				 strlen(load->command_line), load->arch->name,
				 load->arch->command_line_size - 1);
	return error;
}
