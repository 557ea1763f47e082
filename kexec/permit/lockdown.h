/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether the running kernel is locked down (security/lockdown/lockdown.c).
 */
#ifndef PERMIT_LOCKDOWN_H
#define PERMIT_LOCKDOWN_H

#include <stdbool.h>

#include "base/sysroot.h"

#define LOCKDOWN_FILE "/sys/kernel/security/lockdown"

/*
 * True if the kernel is locked down in any mode, because every mode forbids kexec_load(2). The
 * running kernel's file is found even where securityfs is not mounted, as in many an initramfs.
 * False if nothing tells.
 */
bool lockdown_is_on(const struct sysroot *sysroot);

#endif
