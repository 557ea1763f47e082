/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The architecture, and the system call that loads: kexec_load(2) if possible, because purgatory
 * then verifies the load between the kernels.
 */
#ifndef LOAD_CHOOSE_H
#define LOAD_CHOOSE_H

#include "arch/arch.h"
#include "base/log.h"
#include "base/sysroot.h"
#include "load/request.h"
#include "permit/kexec_permission.h"

/*
 * Choose the architecture to load for. It must be the running machine's unless the load is planned
 * for a captured one. Returns 0, or -ENOTSUP, -EINVAL with a message.
 */
int choose_arch(const struct arch **arch, const struct options *options, const struct log *log);

/*
 * Report what stands in the way of a load, and return its error; or if the load is only shown
 * (--plan), warn of it and return 0.
 */
int choose_report_obstacle(const struct kexec_obstacle *obstacle, const struct options *options,
			   const struct log *log);

/* The chosen call, and what is needed if the call does not suit the files. */
struct call_choice {
	enum kexec_call call;
	/*
	 * The call is kexec_file_load(2) only because of kexec handover. The options do not ask for
	 * it, and the other call is possible too.
	 */
	bool for_handover;
	/* The known obstacle to kexec_load(2); NULL: none. */
	const struct kexec_obstacle *load_obstacle;
	/*
	 * The call is kexec_file_load(2), and it gets one Image of ours that carries the segments
	 * of kexec_load(2) (plan/wrapped_image.h).
	 */
	bool wrapped;
	/* Some option needs that, so the kernel's file must not be loaded plainly instead. */
	bool wrap_needed;
};

/* True if our purgatory verifies the load, so that there are segments, a manifest and so on. */
static inline bool call_choice_has_purgatory(const struct call_choice *choice)
{
	return choice->call == KEXEC_CALL_LOAD || choice->wrapped;
}

/*
 * Choose the call for the load that the options ask for. A call that they force (-c, -s) is taken
 * or refused. If -a has to take kexec_file_load(2), a warning says why and what is lost, unless the
 * load can be wrapped. Crash kernels are wrapped if they can be; else -s says why not. -a also
 * takes it if kexec handover is on, unless an option needs the other call; that call loses what was
 * preserved. An option that the chosen call cannot honour is refused. Returns 0, or -EPERM,
 * -ENOSYS, -EINVAL with a message.
 */
int choose_call(struct call_choice *choice, const struct sysroot *sysroot,
		const struct options *options, const struct arch *arch, const struct log *log);

/*
 * After the kernel refused kexec_load(2) with @error: true if a policy of the kernel did that which
 * may permit kexec_file_load(2), and if the options and the kernel permit that call. A warning says
 * so.
 */
bool choose_call_after_refusal(int error, const struct sysroot *sysroot,
			       const struct options *options, const struct arch *arch,
			       const struct log *log);

/* Bytes, enough for the text of choose_call_advise(). */
#define CHOOSE_ADVICE_SIZE 256

/*
 * Advise what helps after kexec_load(2) failed with @error and kexec_file_load(2) is not tried
 * instead. Writes the end of a message to @advice, which has CHOOSE_ADVICE_SIZE bytes; "" if the
 * error alone is enough.
 */
void choose_call_advise(char *advice, const struct sysroot *sysroot, const struct options *options,
			int error);

/*
 * Note that the chosen call was refused: a policy refused kexec_load(2), so that its obstacle is
 * known, or the wrapped load was.
 */
void choose_call_note_refusal(struct call_choice *choice);

/* Load the kernel's file plainly after all. */
void choose_call_unwrap(struct call_choice *choice);

/*
 * Unload the kernel, or the crash kernel, whichever call loaded it: with -s by kexec_file_load(2),
 * else by kexec_load(2), and by the other call if the kernel lacks or forbids that. Returns 0, or
 * -errno with a message.
 */
int choose_call_unload(const struct sysroot *sysroot, const struct options *options,
		       const struct log *log);

#endif
