/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What purgatory reported when it entered the running kernel: PURGATORY_REPORT_PROPERTY in /chosen.
 */
#ifndef DEVICETREE_LAST_REPORT_H
#define DEVICETREE_LAST_REPORT_H

#include <stdbool.h>

#include "base/log.h"
#include "base/sysroot.h"
#include "purgatory.h"

/*
 * Read the report, a line of text without its end. Returns 0; or -ENOENT if there is none, -EINVAL
 * if it is damaged, and errors of reading the device tree, with a message.
 */
int last_report_read(char report[PURGATORY_REPORT_SIZE + 1], const struct sysroot *sysroot,
		     const struct log *log);

/* True if the report says that purgatory verified everything. */
bool last_report_is_verified(const char *report);

#endif
