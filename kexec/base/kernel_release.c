/* SPDX-License-Identifier: GPL-2.0-only */
/* The running kernel's release. */
#include "base/kernel_release.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/utsname.h>

/* Read one number of a release, and go on behind it; false if there is none up to @most. */
static bool parse_number(const char **text, unsigned long most, unsigned long *number)
{
	char *end;

	if (!isdigit((unsigned char)**text))
		return false;
	*number = strtoul(*text, &end, 10);
	*text = end;
	return *number <= most;
}

static bool skip_dot(const char **text)
{
	if (**text != '.')
		return false;
	(*text)++;
	return true;
}

uint32_t kernel_release_parse(const char *text)
{
	unsigned long major, minor, patch;

	if (!parse_number(&text, UINT8_MAX, &major) || !skip_dot(&text) ||
	    !parse_number(&text, UINT8_MAX, &minor))
		return 0;
	if (!skip_dot(&text) || !parse_number(&text, UINT16_MAX, &patch))
		patch = 0;
	return KERNEL_RELEASE_STABLE(major, minor, patch);
}

uint32_t kernel_release_running(void)
{
	struct utsname name;

	return uname(&name) < 0 ? 0 : kernel_release_parse(name.release);
}
