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
 * True if it is, in whichever mode: every one forbids kexec_load(2). The running kernel's file is
 * found where securityfs is not mounted, too, as in many an initramfs; false where nothing tells.
 */
bool lockdown_is_on(const struct sysroot *sysroot);

#endif
