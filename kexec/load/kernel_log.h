/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the running kernel writes to its log during a call (Documentation/ABI/testing/dev-kmsg).
 */
#ifndef LOAD_KERNEL_LOG_H
#define LOAD_KERNEL_LOG_H

#include <stdint.h>

/* Open the log at its end. Returns the descriptor, which the caller closes, or -errno. */
int kernel_log_open(void);

/*
 * Read what was written since, and find the hexadecimal number behind the last @label. @descriptor
 * yields one record a read, and does not wait for the next one. Returns the number; 0: there is
 * none.
 */
uint64_t kernel_log_find_number(int descriptor, const char *label);

#endif
