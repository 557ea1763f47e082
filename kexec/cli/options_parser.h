/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command line while it is read: what options.c takes in and options_settle.c makes of it.
 */
#ifndef CLI_OPTIONS_PARSER_H
#define CLI_OPTIONS_PARSER_H

#include <stdbool.h>

#include "base/log.h"
#include "cli/options.h"

struct option_parser {
	struct options *options;
	const struct log *log;
	bool load_named; /* -l was given, whatever followed */
	bool exec_named; /* -e likewise */
	bool skip_sync;
	bool skip_ifdown;
	const char *name;    /* long name of the option that is looked at, as it was given */
	const char *mem_min; /* the arguments of --mem-min and --mem-max as they were given; */
	const char *mem_max; /* NULL: not given */
};

/*
 * Take the @count words that are no options: the kernel's name, or none. Returns 0, or -EINVAL with
 * a message.
 */
int options_take_kernel(struct option_parser *parser, int count, char **words);

/*
 * Settle what follows from the options together: the steps, and that all of them can be done.
 * Returns 0, or -EINVAL with a message.
 */
int options_settle(const struct option_parser *parser);

#endif
