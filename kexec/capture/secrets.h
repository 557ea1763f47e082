/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a capture must not tell: passwords and keys on command lines, seeds, serial numbers,
 * hardware addresses. Every text keeps its length, so that a plan with it is that of the machine.
 */
#ifndef CAPTURE_SECRETS_H
#define CAPTURE_SECRETS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Replace by "x" what is secret on a kernel's command line: the values of words whose names speak
 * of passwords, keys, tokens, credentials or serial numbers; users and passwords of URLs; and
 * hardware addresses. Returns how many places were replaced.
 */
unsigned int secrets_hide_command_line(char *text);

/*
 * Replace hardware addresses in a text, six or more pairs of hexadecimal digits with ":" or "-"
 * between them. Returns how many.
 */
unsigned int secrets_hide_addresses(char *text);

/* True if a property of that name in a device tree is a seed, a serial number or an address. */
bool secrets_has_property(const char *name);

/*
 * Write zeros over such properties of a flattened device tree, and hide what is secret in its
 * command line. The tree keeps its size. Returns how many places were changed, or -EINVAL if the
 * tree is damaged.
 */
int secrets_clean_tree(void *fdt);

#endif
