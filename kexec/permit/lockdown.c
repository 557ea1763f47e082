/* SPDX-License-Identifier: GPL-2.0-only */
/* Lockdown, from securityfs. */
#include "permit/lockdown.h"

#include <string.h>
#include <unistd.h>

#include "permit/pseudo_filesystem.h"

/* More than the file's one line. */
#define LINE_SIZE 128

bool lockdown_is_on(const struct sysroot *sysroot)
{
	const int descriptor = pseudo_filesystem_open(&pseudo_securityfs, sysroot, "lockdown", 0);
	char line[LINE_SIZE] = "";

	if (descriptor < 0)
		return false;
	if (read(descriptor, line, sizeof(line) - 1) < 0)
		line[0] = '\0';
	close(descriptor);
	/* The mode in force stands in brackets: none, integrity or confidentiality. */
	return strstr(line, "[integrity]") || strstr(line, "[confidentiality]");
}
