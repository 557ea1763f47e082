/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kexec_load(2) and what the running kernel says about it.
 */
#ifndef MACHINE_KEXEC_SYSCALL_H
#define MACHINE_KEXEC_SYSCALL_H

#include <stdbool.h>

#include "arch/arch.h"
#include "cli/log.h"
#include "machine/sysroot.h"
#include "plan/plan.h"

/*
 * Find out whether this process may load at all, before anything is tried: privilege
 * (CAP_SYS_BOOT), a kernel with CONFIG_KEXEC, kexec_load_disabled, lockdown. Returns 0, or -EPERM,
 * -ENOSYS with a message that says which and what to do.
 */
int kexec_check_permitted(const struct sysroot *sysroot, const struct log *log);

/* Load the plan's segments. @flags are KEXEC_* without the architecture. 0, or -errno with a
 * message. */
int kexec_load_plan(const struct plan *plan, const struct arch *arch, unsigned long flags,
		    const struct log *log);

/* Unload what was loaded with these flags. Returns 0, or -errno with a message. */
int kexec_unload(unsigned long flags, const struct log *log);

/* Is a kernel loaded (@crash: a crash kernel)? 0 or 1 of /sys/kernel/kexec_*loaded, or -errno with
 * a message. */
int kexec_is_loaded(const struct sysroot *sysroot, bool crash, const struct log *log);

#endif
