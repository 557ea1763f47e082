/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command line while it is read: options.c parses the words, options_settle.c what follows from
 * all of them.
 */
#ifndef CLI_OPTIONS_PARSER_H
#define CLI_OPTIONS_PARSER_H

#include <stdbool.h>

#include "base/log.h"
#include "cli/options.h"

struct option_parser {
	struct options *options;
	const struct log *log;
	bool load_named; /* -l was given, whatever options followed */
	bool exec_named; /* -e was given, whatever options followed */
	bool skip_sync;
	bool skip_ifdown;
	const char *name;    /* long name of the option that is being parsed, as it was given */
	const char *mem_min; /* the arguments of --mem-min and --mem-max as they were given; */
	const char *mem_max; /* NULL: not given */
};

/*
 * Take the @count words that are no options: the kernel's name, or none. Returns 0, or -EINVAL with
 * a message.
 */
int options_take_kernel(struct option_parser *parser, int count, char **words);

/*
 * Settle what follows from all options together: the steps, and whether all of them can be done.
 * Returns 0, or -EINVAL with a message.
 */
int options_settle(const struct option_parser *parser);

#endif
