/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What follows from all options together, after each was parsed.
 */
#include <errno.h>

#include "cli/options_parser.h"

int options_take_kernel(struct option_parser *parser, int count, char **words)
{
	if (count > 1)
		return log_error(parser->log, -EINVAL,
				 "%s follows the kernel %s, but only one kernel can be named: "
				 "quote arguments that have spaces; see kexec --help",
				 words[1], words[0]);
	if (count && !*words[0])
		return log_error(parser->log, -EINVAL,
				 "the kernel's name is empty: name a file; see kexec --help");
	parser->options->kernel = count ? words[0] : NULL;
	return 0;
}

/* Drop all steps but the load itself. */
static void drop_steps(struct options *options)
{
	options->unload = false;
	options->reboot = false;
	options->sync = false;
	options->ifdown = false;
	options->exec = false;
}

/* Check the bounds of memory. Messages name the options as they were given. */
static int check_memory_bounds(const struct option_parser *parser)
{
	const struct range *bounds = &parser->options->memory_bounds;

	if (bounds->start < bounds->end)
		return 0;
	if (parser->mem_min && parser->mem_max)
		return log_error(parser->log, -EINVAL,
				 "--mem-min=%s is above --mem-max=%s: no memory is left to load to",
				 parser->mem_min, parser->mem_max);
	return log_error(parser->log, -EINVAL,
			 "--mem-min=%s is above all memory: none is left to load to",
			 parser->mem_min);
}

static int check_together(const struct option_parser *parser)
{
	const struct options *options = parser->options;

	if (options->load && !options->kernel)
		return log_error(parser->log, -EINVAL,
				 "no kernel named; name its file, as in kexec -l /boot/vmlinuz, or "
				 "see kexec --help");
	if (options->crash && options->exec)
		return log_error(parser->log, -EINVAL,
				 "-p and -e exclude each other: what -p loads is started by a "
				 "panic, and -e starts what -l loads");
	if (options->reuse_initrd && options->initrd_count)
		return log_error(parser->log, -EINVAL,
				 "--reuseinitrd and --initrd exclude each other: leave one out");
	if (options->hotplug && !options->crash)
		return log_error(parser->log, -EINVAL,
				 "--hotplug is for crash kernels: use it with -p, or leave it out");
	if (options->load && options->cpus > 1 && options->crash)
		return log_error(
			parser->log, -EINVAL,
			"--cpus is not for crash kernels, because other CPUs may be in any "
			"state after a panic: leave it out");
	if (options->load && options->cpus > 1 && options->no_checks)
		return log_error(parser->log, -EINVAL,
				 "--cpus and --no-checks exclude each other: nothing is verified "
				 "without checks; leave one out");
	if (options->load && options->cpus > 1 && options->mmu == MMU_OFF)
		return log_error(
			parser->log, -EINVAL,
			"--cpus and --mmu=off exclude each other: several CPUs verify only "
			"with page tables; leave one out");
	if (options->load && !options->crash && options->mismatch_policy == PURGATORY_POLICY_BOOT)
		return log_error(parser->log, -EINVAL,
				 "--on-mismatch=boot is for crash kernels, whose dump may be worth "
				 "it: use it with -p, or use --on-mismatch=reset");
	if (options->sysroot && !request_is_plan(options))
		return log_error(parser->log, -EINVAL,
				 "--sysroot plans for another system, which cannot be loaded, "
				 "unloaded or executed here: use -l with --plan or --output=DIR");
	if (options->plan != PLAN_NONE && !options->load)
		return log_error(parser->log, -EINVAL,
				 "--plan shows a load, and these options ask for none: use it with "
				 "-l or -p");
	if (options->output && !options->load)
		return log_error(parser->log, -EINVAL,
				 "--output writes the plan of a load, and these options ask for "
				 "none: use it with -l");
	return check_memory_bounds(parser);
}

/* Warn that a kernel was named but is not loaded. Say which options load it and do the rest too. */
static void warn_in_vain(const struct option_parser *parser)
{
	const struct options *options = parser->options;

	log_warning(parser->log, "%s is not loaded by these options: %s", options->kernel,
		    options->exec ? "-f loads and executes"
				  : "to unload and then load, give -l after -u");
}

int options_settle(const struct option_parser *parser)
{
	struct options *options = parser->options;
	int result;

	options->sync = options->exec && !parser->skip_sync;
	options->ifdown = options->exec && !parser->skip_ifdown;
	if (options->print_crash_size || options->last_report || options->status || options->show ||
	    options->capture_path) {
		drop_steps(options);
		options->load = false;
		options->last_report &= !options->print_crash_size;
		options->status &= !options->print_crash_size && !options->last_report;
		options->show |= options->status && options->debug;
		options->show &= !options->print_crash_size && !options->last_report;
		options->capture = options->capture_path && !options->print_crash_size &&
				   !options->last_report && !options->status && !options->show;
		options->crash |= options->status && !parser->load_named;
		return 0;
	}
	/* -e -f and -u -p without a kernel do what they can without one. -e -l and -u -l cannot. */
	if (options->load && !options->kernel &&
	    ((parser->exec_named && options->exec) || (options->unload && options->crash)))
		options->load = false;
	result = check_together(parser);
	if (result)
		return result;
	if (request_is_plan(options))
		drop_steps(options);
	if (options->kernel && !options->load)
		warn_in_vain(parser);
	return 0;
}
