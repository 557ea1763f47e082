/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Words that look like options and are none: what each was meant to be, as far as that can be told.
 */
#ifndef CLI_OPTIONS_UNKNOWN_H
#define CLI_OPTIONS_UNKNOWN_H

#include <getopt.h>

#include "base/log.h"

/*
 * Report the word @word, which begins with "--" and is not exactly one of the long options @names,
 * a table of getopt_long(3) with its empty entry at the end. The message says which of these it
 * may abbreviate, which architecture has it, or which of them it resembles. Returns -EINVAL.
 */
int options_unknown_report(const struct option *names, const char *word, const struct log *log);

/*
 * Report the letter @letter, which is no option, in the word @word, which begins with one dash. A
 * long option with a dash too few is a usual reason. Returns -EINVAL.
 */
int options_unknown_report_letter(const struct option *names, char letter, const char *word,
				  const struct log *log);

#endif
