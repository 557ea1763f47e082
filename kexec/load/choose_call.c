/* SPDX-License-Identifier: GPL-2.0-only */
/* The system call that loads. */
#include "load/choose_call.h"

#include <errno.h>
#include <linux/kexec.h>

#include "load/kexec_file_load.h"
#include "load/kexec_syscall.h"
#include "load/state.h"

/*
 * The first option, without its dashes, that only kexec_load(2) can honour, or NULL: with the other
 * call it is the kernel that places everything, makes the device tree and takes the way over.
 */
static const char *find_load_option(const struct options *options)
{
	const struct {
		const char *name;
		bool given;
	} load_options[] = {
		{"dtb", options->dtb},
		{"engine", options->engine != PURGATORY_ENGINE_AUTO},
		{"mem-min", options->memory_bounds.start != 0},
		{"mem-max", options->memory_bounds.end != UINT64_MAX},
		{"mmu", options->mmu != MMU_AUTO},
		{"on-mismatch", options->on_mismatch_given},
		{"output", options->output},
		{"serial", options->serial},
	};

	for (size_t i = 0; i < sizeof(load_options) / sizeof(load_options[0]); i++)
		if (load_options[i].given)
			return load_options[i].name;
	return NULL;
}

/* -s */
static int take_file_load(const struct sysroot *sysroot, const struct options *options,
			  const struct log *log)
{
	const char *option = find_load_option(options);
	const struct kexec_obstacle *obstacle;

	if (option)
		return log_error(log, -EINVAL,
				 "kexec_file_load cannot honour --%s: leave out either that or "
				 "--kexec-file-syscall",
				 option);
	obstacle = kexec_find_obstacle(sysroot, KEXEC_CALL_FILE_LOAD, options->crash);
	return obstacle ? kexec_report_obstacle(obstacle, log) : 0;
}

/* -a where kexec_load(2) is not possible; what hinders both calls is not blamed on one option. */
static int fall_to_file_load(const struct kexec_obstacle *load_obstacle,
			     const struct sysroot *sysroot, const struct options *options,
			     const struct arch *arch, const struct log *log)
{
	const char *option = find_load_option(options);

	if (kexec_find_obstacle(sysroot, KEXEC_CALL_FILE_LOAD, options->crash))
		return kexec_report_obstacle(load_obstacle, log);
	if (option)
		return log_error(log, load_obstacle->error,
				 "%s, and kexec_file_load cannot honour --%s: leave it out, or %s",
				 load_obstacle->reason, option, load_obstacle->remedy);
	log_warning(log, "%s: loading with kexec_file_load instead, so that %s",
		    load_obstacle->reason, arch->file_load_loss);
	return 0;
}

int choose_call(enum kexec_call *call, const struct sysroot *sysroot, const struct options *options,
		const struct arch *arch, const struct log *log)
{
	const struct kexec_obstacle *obstacle;

	*call = KEXEC_CALL_FILE_LOAD;
	if (options->call == CALL_FILE_LOAD)
		return take_file_load(sysroot, options, log);
	*call = KEXEC_CALL_LOAD;
	/* A plan asks nothing of the kernel. */
	if (options->output)
		return 0;
	obstacle = kexec_find_obstacle(sysroot, KEXEC_CALL_LOAD, options->crash);
	if (!obstacle)
		return 0;
	if (options->call == CALL_LOAD)
		return kexec_report_obstacle(obstacle, log);
	*call = KEXEC_CALL_FILE_LOAD;
	return fall_to_file_load(obstacle, sysroot, options, arch, log);
}

int choose_call_unload(const struct sysroot *sysroot, bool crash, const struct log *log)
{
	const struct kexec_obstacle *obstacle =
		kexec_find_obstacle(sysroot, KEXEC_CALL_LOAD, crash);

	if (!obstacle)
		return kexec_unload(crash ? KEXEC_ON_CRASH : 0, log);
	if (kexec_find_obstacle(sysroot, KEXEC_CALL_FILE_LOAD, crash))
		return kexec_report_obstacle(obstacle, log);
	return kexec_file_unload(crash, log);
}

int load_choose_call(struct load *load)
{
	const struct sysroot running = {.directory = ""};

	return choose_call(&load->call, &running, load->options, load->arch, load->log);
}
