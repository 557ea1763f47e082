/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The running kernel's release, and the parameters that it was booted with.
 */
#ifndef MACHINE_RUNNING_KERNEL_H
#define MACHINE_RUNNING_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/sysroot.h"

/*
 * The value of the last word @name=VALUE of /proc/cmdline, malloc'ed; "" where the word has no
 * value. NULL: there is none, or the file cannot be read. As for the kernel (parameq() and
 * parse_args() of kernel/params.c), "-" and "_" in a name are the same, and "--" ends parameters.
 */
char *running_kernel_parameter(const struct sysroot *sysroot, const char *name);

/*
 * The release of the running kernel (base/kernel_release.h), from /proc/sys/kernel/osrelease; 0:
 * unknown.
 */
uint32_t running_kernel_release(const struct sysroot *sysroot);

/* True if the text of that release contains @mark, by which a vendor's kernels are known. */
bool running_kernel_release_has(const struct sysroot *sysroot, const char *mark);

#endif
