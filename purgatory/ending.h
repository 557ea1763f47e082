/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What purgatory needs to stop: console, reset and policy, which kexec patched twice.
 */
#ifndef PURGATORY_ENDING_H
#define PURGATORY_ENDING_H

#include "purgatory.h"

/*
 * Read the first of both that has the sum which was patched. If neither has, all is zero: an
 * unknown console, an unknown way to reset, and the policy to reset.
 */
void ending_read(struct purgatory_ending *ending);

#endif
