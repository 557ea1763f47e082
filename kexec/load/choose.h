/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The architecture, and the system call that loads: kexec_load(2) where it is possible, because
 * what it loads is verified between the kernels.
 */
#ifndef LOAD_CHOOSE_H
#define LOAD_CHOOSE_H

#include "arch/arch.h"
#include "base/log.h"
#include "base/sysroot.h"
#include "load/request.h"
#include "permit/kexec_permission.h"

/*
 * The architecture to load for, which must be the running machine's unless the load is planned for
 * a captured one. Returns 0, or -ENOTSUP, -EINVAL with a message.
 */
int choose_arch(const struct arch **arch, const struct options *options, const struct log *log);

/* The call, and what decides what happens if it does not suit what is loaded. */
struct call_choice {
	enum kexec_call call;
	/* kexec_file_load(2), which the options do not ask for, only for the sake of kexec
	 * handover: the other call is possible too. */
	bool for_handover;
	/* What stands in the way of kexec_load(2), as far as is known; NULL: nothing. */
	const struct kexec_obstacle *load_obstacle;
};

/*
 * The call by which to load what the options name, of which one that is forced (-c, -s) is taken or
 * refused. Where -a has to take kexec_file_load(2), a warning says why and what is lost; it has to
 * as well where kexec handover is on, unless an option needs the other call, which loses what was
 * preserved. An option that the call cannot honour is refused. Returns 0, or -EPERM, -ENOSYS,
 * -EINVAL with a message.
 */
int choose_call(struct call_choice *choice, const struct sysroot *sysroot,
		const struct options *options, const struct arch *arch, const struct log *log);

/*
 * After kexec_load(2) was refused with @error: true if that was a policy of the kernel that may
 * permit kexec_file_load(2), which the options and the kernel permit; a warning says so.
 */
bool choose_call_after_refusal(int error, const struct sysroot *sysroot,
			       const struct options *options, const struct arch *arch,
			       const struct log *log);

/* Enough for what choose_call_advise() has to say, bytes. */
#define CHOOSE_ADVICE_SIZE 256

/*
 * What helps after kexec_load(2) failed with @error and kexec_file_load(2) is not tried instead:
 * the end of a message, in @advice of CHOOSE_ADVICE_SIZE bytes. "" if the error alone says it.
 */
void choose_call_advise(char *advice, const struct sysroot *sysroot, const struct options *options,
			int error);

/* Note that it was refused so: what stands in its way is known now. */
void choose_call_note_refusal(struct call_choice *choice);

/*
 * Unload the kernel, or the crash kernel, whichever call loaded it: with -s by kexec_file_load(2),
 * else by kexec_load(2), and by the other one where the kernel lacks or forbids that. Returns 0, or
 * -errno with a message.
 */
int choose_call_unload(const struct sysroot *sysroot, const struct options *options,
		       const struct log *log);

#endif
