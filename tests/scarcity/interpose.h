/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What stands between a program and the C library: memory, reads and writes that fail when they are
 * told to, also for libraries and for the C library itself.
 */
#ifndef SCARCITY_INTERPOSE_H
#define SCARCITY_INTERPOSE_H

#include <stdbool.h>

enum scarcity {
	SCARCITY_NONE,
	SCARCITY_ALLOCATION,  /* one allocation fails */
	SCARCITY_MEMORY,      /* that one, and all after it */
	SCARCITY_READ,	      /* one read fails: EIO */
	SCARCITY_WRITE,	      /* that write, and all after it, fail: ENOSPC */
	SCARCITY_SHORT,	      /* every read and write does a part of what it could */
	SCARCITY_INTERRUPTED, /* every other read and write fails: EINTR */
};

/* Let calls fail from now on; the first @spared ones of the kind succeed. */
void interpose_begin(enum scarcity scarcity, long spared);

/* Let calls succeed again. Returns true if one has failed. */
bool interpose_end(void);

#endif
