/* SPDX-License-Identifier: GPL-2.0-only */
/* The running kernel's release. */
#include "base/kernel_release.h"

#include <ctype.h>
#include <stdlib.h>
#include <sys/utsname.h>

uint32_t kernel_release_parse(const char *text)
{
	unsigned long major, minor;
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return 0;
	major = strtoul(text, &end, 10);
	if (*end != '.' || !isdigit((unsigned char)end[1]))
		return 0;
	minor = strtoul(end + 1, &end, 10);
	return major > UINT16_MAX || minor > UINT16_MAX ? 0 : KERNEL_RELEASE(major, minor);
}

uint32_t kernel_release_running(void)
{
	struct utsname name;

	return uname(&name) < 0 ? 0 : kernel_release_parse(name.release);
}
