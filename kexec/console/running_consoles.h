/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The consoles that the running kernel writes to: /proc/consoles.
 */
#ifndef CONSOLE_RUNNING_CONSOLES_H
#define CONSOLE_RUNNING_CONSOLES_H

#include <stdbool.h>

#include "base/sysroot.h"

/*
 * Read the list. Returns its text, which the caller frees, or NULL if it cannot be read: no console
 * is known then.
 */
char *running_consoles_read(const struct sysroot *sysroot);

/*
 * True if the text, which may be NULL, has the terminal of that name ("ttyAMA0") as a console that
 * is enabled.
 */
bool running_consoles_have(const char *text, const char *name);

#endif
