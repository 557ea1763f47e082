/* SPDX-License-Identifier: GPL-2.0-only */
/* Pseudo file systems, mounted or not. */
#include "permit/pseudo_filesystem.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Enough for the mount point and the name of each file that is asked for. */
#define PATH_SIZE 96

const struct pseudo_filesystem pseudo_configfs = {"configfs", "/sys/kernel/config"};
const struct pseudo_filesystem pseudo_efivarfs = {"efivarfs", "/sys/firmware/efi/efivars"};
const struct pseudo_filesystem pseudo_debugfs = {"debugfs", "/sys/kernel/debug"};
const struct pseudo_filesystem pseudo_securityfs = {"securityfs", "/sys/kernel/security"};

/*
 * Mount the file system without a mount point: only the owner of the descriptor sees it. Returns
 * the descriptor or -errno.
 */
static int mount_nowhere(const char *type)
{
	const int context = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);
	int error = 0, mount = -1;

	if (context < 0)
		return -errno;
	if (syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		error = -errno;
	if (!error) {
		mount = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, 0);
		error = mount < 0 ? -errno : 0;
	}
	close(context);
	return error ? error : mount;
}

/*
 * Open a file of the running kernel whose file system is not mounted. Returns a descriptor or
 * -errno.
 */
static int open_unmounted(const char *type, const char *name, int flags)
{
	const int mount = mount_nowhere(type);
	int descriptor;

	if (mount < 0)
		return mount;
	descriptor = openat(mount, name, O_RDONLY | O_CLOEXEC | flags);
	if (descriptor < 0)
		descriptor = -errno;
	close(mount);
	return descriptor;
}

int pseudo_filesystem_open(const struct pseudo_filesystem *filesystem,
			   const struct sysroot *sysroot, const char *name, int flags)
{
	char path[PATH_SIZE];
	int descriptor;

	snprintf(path, sizeof(path), "%s/%s", filesystem->mount_point, name);
	descriptor = sysroot_open_descriptor(sysroot, path, flags);
	if (descriptor == -ENOENT && !*sysroot->directory)
		descriptor = open_unmounted(filesystem->type, name, flags);
	return descriptor;
}
