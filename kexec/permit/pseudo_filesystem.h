/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files of pseudo file systems, which may not be mounted, as in many an initramfs.
 */
#ifndef PERMIT_PSEUDO_FILESYSTEM_H
#define PERMIT_PSEUDO_FILESYSTEM_H

#include "base/sysroot.h"

struct pseudo_filesystem {
	const char *type;	 /* "securityfs" */
	const char *mount_point; /* where it is usually mounted */
};

extern const struct pseudo_filesystem pseudo_configfs, pseudo_debugfs, pseudo_efivarfs,
	pseudo_securityfs;

/*
 * Open @name of the file system for reading; @flags are of open(2). A file of the running system is
 * found even where its file system is not mounted. That does not mount it for anybody else. Returns
 * the descriptor, closed on exec, or -errno without a message.
 */
int pseudo_filesystem_open(const struct pseudo_filesystem *filesystem,
			   const struct sysroot *sysroot, const char *name, int flags);

#endif
