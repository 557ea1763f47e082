/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * --capture: what kexec reads of a machine, for a plan elsewhere and for reports of faults.
 */
#ifndef CAPTURE_CAPTURE_H
#define CAPTURE_CAPTURE_H

#include <stdbool.h>

#include "arch/arch.h"
#include "base/log.h"
#include "base/sysroot.h"

/*
 * Write to @path, see store_open(), all that a plan with --sysroot needs of the system, the flags
 * of its pages, what its kernel's log says about that, and CONTENTS, a list of the files and of
 * what was left out: see secrets.h. Of the kernel's memory only what vmcoreinfo has is taken.
 * Returns 0, or -errno with a message; -EPERM where /proc/iomem shows no addresses.
 */
int capture_write(const char *path, const struct arch *arch, const struct sysroot *sysroot,
		  const struct log *log);

#endif
