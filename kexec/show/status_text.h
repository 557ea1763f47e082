/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is loaded, what the last verification said, and what the running kernel permits: --show.
 */
#ifndef SHOW_STATUS_TEXT_H
#define SHOW_STATUS_TEXT_H

#include <stdio.h>

#include "base/sysroot.h"

/*
 * Print all of it, for the width of the terminal. What cannot be found out is said to be unknown.
 */
void status_text_print(FILE *stream, const struct sysroot *sysroot);

#endif
