/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loading the next kernel: the order of all steps.
 */
#ifndef LOAD_H
#define LOAD_H

#include "base/log.h"
#include "load/request.h"

/*
 * Load what the options name, with kexec_load(2), kexec_file_load(2) or to --output's directory.
 * Nothing goes to the kernel before every step has succeeded, so that a failure leaves the previous
 * kernel loaded. Returns 0, or -errno with a message.
 */
int load(const struct options *options, const struct log *log);

#endif
