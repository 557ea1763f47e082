/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether a crash kernel may be loaded with kexec_file_load(2) as an Image that kexec made
 * (plan/wrapped_image.h). This is found out beforehand, because a refused call costs the crash
 * kernel that was loaded before, and an attempt.
 */
#ifndef PERMIT_WRAP_PERMISSION_H
#define PERMIT_WRAP_PERMISSION_H

#include "arch/arch.h"
#include "base/sysroot.h"

/*
 * Find what speaks against such an Image in this system:
 *  - an architecture or a release of Linux for which nobody knows where the Image would lie;
 *  - something that takes only signed files, or those of one file system: lockdown, IMA's policy,
 *    LoadPin, and Secure Boot where IMA may be built to follow it;
 *  - keys for dm-crypt that the kernel hands on to the crash kernel in a device tree of its own;
 *  - a kernel that keeps the header of the dump up to date, because it can do so only in its own;
 *  - a limit that leaves fewer attempts than a load may need if the kernel puts it elsewhere.
 * Returns a clause that follows "because", or NULL if nothing does.
 */
const char *wrap_permission_find_obstacle(const struct sysroot *sysroot, const struct arch *arch);

#endif
