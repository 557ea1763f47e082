/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kexec_load(2), and whether a kernel is loaded.
 */
#ifndef LOAD_KEXEC_SYSCALL_H
#define LOAD_KEXEC_SYSCALL_H

#include <stdbool.h>

#include "arch/arch.h"
#include "base/log.h"
#include "base/sysroot.h"
#include "plan/plan.h"

/*
 * Load the plan's segments. @flags are KEXEC_* without the architecture. Returns 0, or -errno
 * without a message; kexec_syscall_report_load() prints it. After a failure *lost tells whether the
 * kernel that was loaded before is gone.
 */
int kexec_syscall_load(const struct plan *plan, const struct arch *arch, unsigned long flags,
		       bool *lost);

/* Print why kexec_syscall_load() failed with @error, and @advice behind it, which may be "".
 * Returns the error. */
int kexec_syscall_report_load(int error, const char *advice, bool lost, const struct arch *arch,
			      unsigned long flags, const struct log *log);

/*
 * Unload what was loaded with these flags. Returns 0, or -errno without a message;
 * kexec_syscall_report_unload() prints it.
 */
int kexec_syscall_unload(unsigned long flags);

/* The same for kexec_syscall_unload(). */
int kexec_syscall_report_unload(int error, const char *advice, const struct log *log);

/*
 * Find out whether a kernel is loaded (@crash: a crash kernel). Returns 0 or 1 from
 * /sys/kernel/kexec_*loaded, or -errno with a message.
 */
int kexec_syscall_is_loaded(const struct sysroot *sysroot, bool crash, const struct log *log);

/* The same for the running system, for use in messages only: unknown counts as not loaded. */
bool kexec_syscall_seems_loaded(bool crash);

/* The end of the message of a failed load that has cost the kernel loaded before. */
#define KEXEC_LOST "; the kernel loaded before is gone: load it again"

#endif
