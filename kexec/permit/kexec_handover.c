/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether kexec handover is on. */
#include "permit/kexec_handover.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "machine/running_kernel.h"

#define LIVEUPDATE "/dev/liveupdate"

/* True if kstrtobool() of lib/kstrtox.c takes @value for true. */
static bool is_true(const char *value)
{
	return strchr("yYtT1", value[0]) ? value[0] != '\0' : strncasecmp(value, "on", 2) == 0;
}

bool kexec_handover_is_on(const struct sysroot *sysroot)
{
	char *value = running_kernel_parameter(sysroot, "kho");
	const bool asked = value && is_true(value);
	int descriptor;

	free(value);
	if (asked)
		return true;
	/* Only one process at a time may have it open. With O_PATH it is not opened. */
	descriptor = sysroot_open_descriptor(sysroot, LIVEUPDATE, O_PATH);
	if (descriptor >= 0)
		close(descriptor);
	return descriptor >= 0;
}
