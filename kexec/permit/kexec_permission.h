/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which of the two calls that load a kernel can be used here. This is found out before any call is
 * tried, because the kernel counts attempts against kernel.kexec_load_limit_reboot and
 * kernel.kexec_load_limit_panic, also those that fail and those that unload.
 */
#ifndef PERMIT_KEXEC_PERMISSION_H
#define PERMIT_KEXEC_PERMISSION_H

#include <stdbool.h>

#include "base/log.h"
#include "base/sysroot.h"

enum kexec_call {
	KEXEC_CALL_LOAD,      /* kexec_load(2), the segments' places chosen here */
	KEXEC_CALL_FILE_LOAD, /* kexec_file_load(2), chosen by the kernel */
};

/* What stands in the way of a call. */
struct kexec_obstacle {
	int error;	    /* -EPERM, or -ENOSYS where the kernel has no such call */
	const char *reason; /* a clause: "kernel.kexec_load_disabled is set" */
	const char *remedy; /* another one */
};

/*
 * What stands in the way of loading or unloading a kernel, or with @crash a crash kernel, by @call:
 * no kexec in the kernel, no CAP_SYS_BOOT, kernel.kexec_load_disabled, a limit that is used up, a
 * call that the kernel lacks, lockdown. NULL: no obstacle is known. The call itself may still
 * refuse, for instance a kernel without a valid signature.
 */
const struct kexec_obstacle *kexec_permission_find_obstacle(const struct sysroot *sysroot,
							    enum kexec_call call, bool crash);

/*
 * The same for a load that is only planned, maybe by a user without privilege, maybe for a captured
 * system: all but what the caller lacks. Of a captured system nothing tells whether it has the
 * call.
 */
const struct kexec_obstacle *kexec_permission_find_for_plan(const struct sysroot *sysroot,
							    enum kexec_call call, bool crash);

/* Print the obstacle, and return its error. */
int kexec_permission_report_obstacle(const struct kexec_obstacle *obstacle, const struct log *log);

#endif
