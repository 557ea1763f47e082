/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command line. One table of options feeds getopt_long(), --help and the test that compares it
 * with the manual page.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdio.h>

#include "base/log.h"
#include "load/request.h"

/* One option, as in the table and the manual page. */
struct option_entry {
	int value;	  /* the short option's letter, or a number above 255 */
	const char *name; /* long name, without dashes */
	const char
		*argument; /* placeholder of the argument, or NULL; "[a|b]" if it may be left out */
	const char *help;  /* a sentence or two; "\n" begins a new line */
};

/*
 * The table, ended by an entry without a name. Aliases follow the option that they stand for, and
 * have no help.
 */
extern const struct option_entry option_table[];

/*
 * Parse the command line. Options may stand before and after the kernel's name; "--" ends them.
 * Returns 0, or -EINVAL with a message that names the offending word and points to --help.
 */
int options_parse(struct options *options, int argc, char **argv, const struct log *log);

/* Print --help: usage, the options table, the kernel formats. */
void options_print_help(FILE *stream);

/* Print --version: name, version, formats and compressions built in and left out, purgatories. */
void options_print_version(FILE *stream);

#endif
