/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The form of /proc/cpuinfo: lines "name\t: value", an empty line behind each processor.
 */
#ifndef CPU_CPUINFO_H
#define CPU_CPUINFO_H

#include <stdbool.h>

#define CPUINFO "/proc/cpuinfo"

/*
 * The value of the field @name among the lines of one processor; NULL if there is none. The value
 * is the rest of its line.
 */
const char *cpuinfo_find_field(const char *lines, const char *name);

/* True if the value of a field, a list of words or an ISA string, has this word. */
bool cpuinfo_has_word(const char *value, const char *word);

/* The lines of the next processor, or NULL. */
const char *cpuinfo_next(const char *lines);

#endif
