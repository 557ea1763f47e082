/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files of pseudo file systems that nobody may have mounted, as in many an initramfs.
 */
#ifndef PERMIT_PSEUDO_FILESYSTEM_H
#define PERMIT_PSEUDO_FILESYSTEM_H

#include "base/sysroot.h"

struct pseudo_filesystem {
	const char *type;	 /* "securityfs" */
	const char *mount_point; /* where it is usually mounted */
};

extern const struct pseudo_filesystem pseudo_debugfs, pseudo_securityfs;

/*
 * Open @name of the file system for reading; @flags are of open(2). That of the running system is
 * found where it is not mounted, too, and is not mounted for anybody else by that. Returns the
 * descriptor, closed on exec, or -errno without a message.
 */
int pseudo_filesystem_open(const struct pseudo_filesystem *filesystem,
			   const struct sysroot *sysroot, const char *name, int flags);

#endif
