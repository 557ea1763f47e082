/* SPDX-License-Identifier: GPL-2.0-only */
/* The system call that loads. */
#include "load/choose.h"

#include <errno.h>
#include <linux/kexec.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "load/kexec_file_load.h"
#include "load/kexec_syscall.h"
#include "machine/running_kernel.h"
#include "permit/kexec_handover.h"
#include "permit/wrap_permission.h"

int choose_arch(const struct arch **arch, const struct options *options, const struct log *log)
{
	const struct arch *running;
	struct utsname name;

	if (uname(&name) < 0)
		return log_error(log, -errno, "uname: %s", strerror(errno));
	running = arch_find_machine(name.machine);
	*arch = options->target ? options->target : running;
	if (!*arch)
		return log_error(log, -ENOTSUP,
				 "this kexec boots kernels on arm64 and riscv64, and this machine "
				 "is %s: use kexec-tools here, or --target, --sysroot and --plan "
				 "to plan for another machine",
				 name.machine);
	if (*arch != running && !options->sysroot)
		return log_error(log, -EINVAL,
				 "this machine is %s: for a plan for %s add --sysroot=DIR with a "
				 "captured system",
				 name.machine, (*arch)->name);
	return 0;
}

int choose_report_obstacle(const struct kexec_obstacle *obstacle, const struct options *options,
			   const struct log *log)
{
	if (options->plan == PLAN_NONE)
		return kexec_permission_report_obstacle(obstacle, log);
	log_warning(log, "this load would be refused: %s: %s", obstacle->reason, obstacle->remedy);
	return 0;
}

/* What stands in the way of @call. A plan may be for a user without the privilege to load. */
static const struct kexec_obstacle *
find_obstacle(const struct sysroot *sysroot, enum kexec_call call, const struct options *options)
{
	if (options->plan != PLAN_NONE)
		return kexec_permission_find_for_plan(sysroot, call, options->crash);
	return kexec_permission_find_obstacle(sysroot, call, options->crash);
}

/*
 * The first option, without its dashes, that kexec_file_load(2) cannot honour, or NULL. With that
 * call the kernel places everything, makes the device tree and enters the next kernel by itself.
 * A @wrapped load can honour most of them, because the kernel only places the whole.
 */
static const char *find_load_option(const struct options *options, bool wrapped)
{
	const struct {
		const char *name;
		bool given;
		bool wrapped;
	} load_options[] = {
		{"cpus", options->cpus > 1, false},
		{"dtb", options->dtb, true},
		{"engine", options->engine != PURGATORY_ENGINE_AUTO, true},
		{"mem-min", options->memory_bounds.start != 0, false},
		{"mem-max", options->memory_bounds.end != UINT64_MAX, false},
		{"mmu", options->mmu != MMU_AUTO, true},
		{"on-mismatch", options->on_mismatch_given, true},
		{"output", options->output, true},
		{"serial", options->serial, true},
	};

	for (size_t i = 0; i < sizeof(load_options) / sizeof(load_options[0]); i++)
		if (load_options[i].given && !(wrapped && load_options[i].wrapped))
			return load_options[i].name;
	return NULL;
}

/*
 * Find out why the load cannot be wrapped: a clause that follows "because"; NULL: it can. The place
 * of other kernels than crash kernels is not known beforehand, and IMA's list and what kexec
 * handover preserved travel only in the kernel's own device tree.
 */
static const char *find_wrap_obstacle(const struct sysroot *sysroot, const struct options *options,
				      const struct arch *arch)
{
	if (!options->crash)
		return "this is no crash kernel";
	if (options->no_checks && arch->file_load_wrapped)
		return "--no-checks asks for that";
	return wrap_permission_find_obstacle(sysroot, arch);
}

/* kexec_file_load(2) is the call. @unwrapped is why the load cannot be wrapped, or NULL. */
static void choose_wrap(struct call_choice *choice, const struct options *options,
			const char *unwrapped)
{
	choice->call = KEXEC_CALL_FILE_LOAD;
	choice->wrapped = !unwrapped;
	choice->wrap_needed = !unwrapped && find_load_option(options, false);
}

/* -s */
static int take_file_load(struct call_choice *choice, const struct sysroot *sysroot,
			  const struct options *options, const struct arch *arch,
			  const struct log *log)
{
	const char *unwrapped = find_wrap_obstacle(sysroot, options, arch);
	const char *option = find_load_option(options, !unwrapped);
	const struct kexec_obstacle *obstacle = NULL;

	if (option)
		return log_error(log, -EINVAL,
				 "kexec_file_load cannot honour --%s%s%s: leave out either that or "
				 "--kexec-file-syscall",
				 option, options->crash && unwrapped ? ", because " : "",
				 options->crash && unwrapped ? unwrapped : "");
	/* A plan needs no system call. */
	if (!options->output)
		obstacle = find_obstacle(sysroot, KEXEC_CALL_FILE_LOAD, options);
	if (obstacle && choose_report_obstacle(obstacle, options, log))
		return obstacle->error;
	choose_wrap(choice, options, unwrapped);
	/* Where no load can be wrapped, the kernel has a check of its own, or none is expected. */
	if (unwrapped && options->crash && arch->file_load_wrapped)
		log_warning(log, "%s, because %s", arch->file_load_loss, unwrapped);
	return 0;
}

/* What the user loses with kexec_file_load(2): a clause that follows "so that". */
static const char *find_loss(const struct sysroot *sysroot, const struct arch *arch, bool crash)
{
	if (!crash && kexec_handover_is_on(sysroot) &&
	    running_kernel_release(sysroot) >= arch->file_load_handover)
		return arch->file_load_loss_handover;
	return arch->file_load_loss;
}

/*
 * -a if kexec_load(2) is not possible. If both calls have an obstacle, the message does not blame
 * an option. Nothing is lost by a wrapped load, so nothing is said.
 */
static int fall_to_file_load(struct call_choice *choice, const struct sysroot *sysroot,
			     const struct options *options, const struct arch *arch,
			     const struct log *log)
{
	const struct kexec_obstacle *load_obstacle = choice->load_obstacle;
	const char *unwrapped = find_wrap_obstacle(sysroot, options, arch);
	const char *option = find_load_option(options, !unwrapped);
	const bool says_why = unwrapped && options->crash && arch->file_load_wrapped;

	if (find_obstacle(sysroot, KEXEC_CALL_FILE_LOAD, options))
		return choose_report_obstacle(load_obstacle, options, log);
	if (option)
		return log_error(log, load_obstacle->error,
				 "%s, and kexec_file_load cannot honour --%s: leave it out, or %s",
				 load_obstacle->reason, option, load_obstacle->remedy);
	choose_wrap(choice, options, unwrapped);
	if (unwrapped)
		log_warning(log, "%s: loading with kexec_file_load instead, so that %s%s%s",
			    load_obstacle->reason, find_loss(sysroot, arch, options->crash),
			    says_why ? ", because " : "", says_why ? unwrapped : "");
	else
		log_debug(log, "%s: loading with kexec_file_load", load_obstacle->reason);
	return 0;
}

/*
 * Choose while kexec handover is on and both calls may be possible. Only kexec_file_load(2) hands
 * over.
 */
static enum kexec_call choose_under_handover(const struct sysroot *sysroot,
					     const struct options *options, const struct arch *arch,
					     const struct log *log)
{
	const char *option = find_load_option(options, false);
	const struct kexec_obstacle *obstacle =
		find_obstacle(sysroot, KEXEC_CALL_FILE_LOAD, options);

	if (obstacle)
		log_warning(log,
			    "kexec handover is on, and what it preserved will be lost, because %s",
			    obstacle->reason);
	else if (option)
		log_warning(log,
			    "kexec handover is on, and what it preserved will be lost, because "
			    "kexec_file_load cannot honour --%s: leave it out to keep it",
			    option);
	else if (options->call == CALL_LOAD)
		log_warning(log, "kexec handover is on, and what it preserved will be lost with "
				 "--kexec-syscall: load with --kexec-file-syscall to keep it");
	else
		log_warning(log,
			    "kexec handover is on: loading with kexec_file_load, which alone keeps "
			    "what it preserved, so that %s",
			    find_loss(sysroot, arch, options->crash));
	return obstacle || option || options->call == CALL_LOAD ? KEXEC_CALL_LOAD
								: KEXEC_CALL_FILE_LOAD;
}

int choose_call(struct call_choice *choice, const struct sysroot *sysroot,
		const struct options *options, const struct arch *arch, const struct log *log)
{
	*choice = (struct call_choice){.call = KEXEC_CALL_LOAD};
	/* A plan needs no system call. */
	if (options->output && options->call != CALL_FILE_LOAD)
		return 0;
	if (!options->output)
		choice->load_obstacle = find_obstacle(sysroot, KEXEC_CALL_LOAD, options);
	if (options->call == CALL_FILE_LOAD)
		return take_file_load(choice, sysroot, options, arch, log);
	if (!choice->load_obstacle) {
		if (!options->crash && kexec_handover_is_on(sysroot))
			choice->call = choose_under_handover(sysroot, options, arch, log);
		choice->for_handover = choice->call == KEXEC_CALL_FILE_LOAD;
		return 0;
	}
	if (options->call == CALL_LOAD)
		return choose_report_obstacle(choice->load_obstacle, options, log);
	return fall_to_file_load(choice, sysroot, options, arch, log);
}

/*
 * security_kernel_load_data(), asked by kexec_load_check() of kernel/kexec.c: IMA and most modules
 * answer EACCES, LoadPin and lockdown EPERM. EPERM has no other cause here, because
 * kexec_permission_find_obstacle() has found the others before, and they hold for both calls.
 */
static bool is_policy(int error)
{
	return error == -EACCES || error == -EPERM;
}

bool choose_call_after_refusal(int error, const struct sysroot *sysroot,
			       const struct options *options, const struct arch *arch,
			       const struct log *log)
{
	if (!is_policy(error))
		return false;
	if (options->call != CALL_AUTO || find_load_option(options, false) ||
	    kexec_permission_find_obstacle(sysroot, KEXEC_CALL_FILE_LOAD, options->crash))
		return false;
	log_warning(log,
		    "the kernel's integrity policy (IMA) or a security module forbids kexec_load: "
		    "loading with kexec_file_load instead, so that %s",
		    find_loss(sysroot, arch, options->crash));
	return true;
}

void choose_call_advise(char *advice, const struct sysroot *sysroot, const struct options *options,
			int error)
{
	const char *option = find_load_option(options, false);
	const struct kexec_obstacle *obstacle;

	*advice = '\0';
	if (error != -EACCES)
		return;
	obstacle = kexec_permission_find_obstacle(sysroot, KEXEC_CALL_FILE_LOAD, options->crash);
	if (obstacle)
		snprintf(advice, CHOOSE_ADVICE_SIZE, ", and %s: %s%s", obstacle->reason,
			 obstacle->error == -ENOSYS ? "change that policy, or " : "",
			 obstacle->remedy);
	else if (option)
		snprintf(advice, CHOOSE_ADVICE_SIZE,
			 ", and kexec_file_load cannot honour --%s: leave it out, or change that "
			 "policy",
			 option);
	else
		snprintf(advice, CHOOSE_ADVICE_SIZE, ": load with --kexec-file-syscall");
}

void choose_call_unwrap(struct call_choice *choice)
{
	choice->wrapped = false;
}

void choose_call_note_refusal(struct call_choice *choice)
{
	static const struct kexec_obstacle policy = {
		-EACCES,
		"the kernel's integrity policy (IMA) or a security module forbids kexec_load",
		"change that policy",
	};

	if (choice->wrapped) {
		choose_call_unwrap(choice);
		return;
	}
	choice->call = KEXEC_CALL_FILE_LOAD;
	choice->load_obstacle = &policy;
}

/*
 * Unload by kexec_load(2). The policies that forbid a load forbid this too; then unload by the
 * other call.
 */
static int unload_or_fall(const struct sysroot *sysroot, const struct options *options,
			  const struct log *log)
{
	const bool crash = options->crash;
	const int error = kexec_syscall_unload(crash ? KEXEC_ON_CRASH : 0);
	char advice[CHOOSE_ADVICE_SIZE];

	if (!error)
		return 0;
	if (is_policy(error) &&
	    !kexec_permission_find_obstacle(sysroot, KEXEC_CALL_FILE_LOAD, crash))
		return kexec_file_load_unload(crash, log);
	choose_call_advise(advice, sysroot, options, error);
	return kexec_syscall_report_unload(error, advice, log);
}

int choose_call_unload(const struct sysroot *sysroot, const struct options *options,
		       const struct log *log)
{
	const bool crash = options->crash;
	const struct kexec_obstacle *load_obstacle =
		kexec_permission_find_obstacle(sysroot, KEXEC_CALL_LOAD, crash);
	const struct kexec_obstacle *file_obstacle =
		kexec_permission_find_obstacle(sysroot, KEXEC_CALL_FILE_LOAD, crash);

	if (options->call == CALL_FILE_LOAD && !file_obstacle)
		return kexec_file_load_unload(crash, log);
	if (!load_obstacle)
		return unload_or_fall(sysroot, options, log);
	if (file_obstacle)
		return kexec_permission_report_obstacle(
			options->call == CALL_FILE_LOAD ? file_obstacle : load_obstacle, log);
	return kexec_file_load_unload(crash, log);
}
