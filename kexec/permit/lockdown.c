/* SPDX-License-Identifier: GPL-2.0-only */
/* Lockdown, from securityfs. */
#include "permit/lockdown.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* More than the file's one line. */
#define LINE_SIZE 128

/*
 * Mount securityfs without a mount point: only the owner of the descriptor sees it. Returns the
 * descriptor or -errno.
 */
static int mount_securityfs(void)
{
	const int context = (int)syscall(SYS_fsopen, "securityfs", FSOPEN_CLOEXEC);
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
 * Open the running kernel's file where securityfs is not mounted. Returns a descriptor or -errno.
 */
static int open_unmounted(void)
{
	const int mount = mount_securityfs();
	int descriptor;

	if (mount < 0)
		return mount;
	descriptor = openat(mount, strrchr(LOCKDOWN_FILE, '/') + 1, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		descriptor = -errno;
	close(mount);
	return descriptor;
}

bool lockdown_is_on(const struct sysroot *sysroot)
{
	int descriptor = sysroot_open_descriptor(sysroot, LOCKDOWN_FILE, 0);
	char line[LINE_SIZE] = "";

	if (descriptor == -ENOENT && !*sysroot->directory)
		descriptor = open_unmounted();
	if (descriptor < 0)
		return false;
	if (read(descriptor, line, sizeof(line) - 1) < 0)
		line[0] = '\0';
	close(descriptor);
	/* The mode in force stands in brackets: none, integrity or confidentiality. */
	return strstr(line, "[integrity]") || strstr(line, "[confidentiality]");
}
