/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The arguments of a plugin of QEMU's, which come as "NAME=VALUE".
 */
#ifndef COHERENCE_PLUGIN_ARGUMENTS_H
#define COHERENCE_PLUGIN_ARGUMENTS_H

#include <errno.h>
#include <stdio.h>
#include <string.h>

/*
 * Call @parse for each argument, which is cut at its "=" for that; a result other than 0 says that
 * it is none of the plugin's. Returns 0, or -EINVAL with a message, which begins with @plugin.
 */
static inline int plugin_parse_arguments(const char *plugin, int argc, char **argv,
					 int (*parse)(const char *name, char *value))
{
	char *value;
	int i;

	for (i = 0; i < argc; i++) {
		value = strchr(argv[i], '=');
		if (value)
			*value++ = '\0';
		if (!value || parse(argv[i], value)) {
			fprintf(stderr, "%s: bad argument %s\n", plugin, argv[i]);
			return -EINVAL;
		}
	}
	return 0;
}

#endif
