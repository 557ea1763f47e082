/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trying in silence whether a wrapped load finds its place. If it does not, and the kernel's file
 * can be loaded plainly, this is a warning and no error.
 */
#ifndef LOAD_WRAP_TRIAL_H
#define LOAD_WRAP_TRIAL_H

#include "base/log.h"
#include "load/phases.h"

struct wrap_trial {
	struct load_context context; /* for the steps: that of the load, with a log of its own */
	struct log log;
	char *messages;
	size_t size;
};

/* Begin a trial. @trial must not move while its context is used. */
void wrap_trial_open(struct wrap_trial *trial, const struct load_context *context);

/*
 * End it, with the result of its steps. If that is an error, warn with their message, and choose
 * the plain load in @context.
 */
void wrap_trial_close(struct wrap_trial *trial, int error, struct load_context *context);

#endif
