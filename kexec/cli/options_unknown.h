/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reports words that look like options but are none, and says what they may be meant to be.
 */
#ifndef CLI_OPTIONS_UNKNOWN_H
#define CLI_OPTIONS_UNKNOWN_H

#include <getopt.h>

#include "base/log.h"

/*
 * Report the word @word, which begins with "--" and is not exactly one of the long options @names,
 * a table of getopt_long(3) with its empty entry at the end. The message says which of these it may
 * abbreviate or resemble, or which architecture has it. Returns -EINVAL.
 */
int options_unknown_report(const struct option *names, const char *word, const struct log *log);

/*
 * Report the letter @letter, which is no option, in the word @word, which begins with one dash. A
 * usual reason is a long option with only one dash. Returns -EINVAL.
 */
int options_unknown_report_letter(const struct option *names, char letter, const char *word,
				  const struct log *log);

#endif
