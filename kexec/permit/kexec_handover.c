/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether kexec handover is on. */
#include "permit/kexec_handover.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/kernel_release.h"
#include "machine/running_kernel.h"
#include "permit/pseudo_filesystem.h"

#define LIVEUPDATE "/dev/liveupdate"

/*
 * Releases before 6.16 have no handover, so debugfs is not mounted to ask them. Old ones change the
 * options of an existing debugfs when it is mounted again without options.
 */
#define HANDOVER_SINCE KERNEL_RELEASE(6, 16)

/* What kstrtobool() of lib/kstrtox.c takes for true. */
static bool is_true(const char *value)
{
	return strchr("yYtT1", value[0]) ? value[0] != '\0' : strncasecmp(value, "on", 2) == 0;
}

static bool is_asked_for(const struct sysroot *sysroot)
{
	char *value = running_kernel_parameter(sysroot, "kho");
	const bool asked = value && is_true(value);

	free(value);
	return asked;
}

/*
 * True if the file could be opened; closes it. Only one process at a time may have /dev/liveupdate
 * open, so O_PATH is used, which does not open it.
 */
static bool is_there(int descriptor)
{
	if (descriptor >= 0)
		close(descriptor);
	return descriptor >= 0;
}

bool kexec_handover_is_on(const struct sysroot *sysroot)
{
	return is_asked_for(sysroot) ||
	       is_there(sysroot_open_descriptor(sysroot, LIVEUPDATE, O_PATH)) ||
	       (running_kernel_release(sysroot) >= HANDOVER_SINCE &&
		is_there(pseudo_filesystem_open(&pseudo_debugfs, sysroot, "kho", O_PATH)));
}
