/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command line of the next kernel.
 */
#ifndef MACHINE_COMMAND_LINE_H
#define MACHINE_COMMAND_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/log.h"
#include "base/sysroot.h"

/*
 * Compose the command line: with @reuse the running kernel's /proc/cmdline, without the words
 * BOOT_IMAGE= (which names the running kernel's file) and, for a @crash kernel, crashkernel=; then
 * @append, if it is not NULL. The result is malloc'ed; NULL where it would be empty, in which
 * case the device tree's bootargs stay. Returns 0, or -errno with a message.
 */
int command_line_compose(char **line, const struct sysroot *sysroot, bool reuse, const char *append,
			 bool crash, const struct log *log);

/* True if a word of @line begins with @parameter, such as "mem="; @line may be NULL. */
bool command_line_sets(const char *line, const char *parameter);

/*
 * The value of the last word of @line that begins with @parameter, such as "root=", and its @length
 * in bytes; without the double quotes around it or around the whole word, which the kernel removes.
 * NULL if there is none; @line may be NULL.
 */
const char *command_line_value(const char *line, const char *parameter, size_t *length);

#endif
