/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What all proofs share. A proof is a function without arguments: CBMC tries it with all values of
 * all variables that have none yet, within the bounds of run.sh, and with every allocation that
 * fails.
 */
#ifndef PROOFS_PROOF_H
#define PROOFS_PROOF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"

/* CBMC's own: go on only where @condition holds, and report a value for which it does not. */
void __CPROVER_assume(bool condition);
void __CPROVER_assert(bool condition, const char *text);

/* Any value, by CBMC: functions of such names have no body. */
uint64_t nondet_uint64_t(void);
uint32_t nondet_uint32_t(void);
bool nondet_bool(void);

#define PROVE(condition) __CPROVER_assert((condition), #condition)

/*
 * The place that a proof is about. A proof whose assumptions contradict each other proves anything,
 * so run.sh has this place refuted once: it can be reached.
 */
#ifdef PROVE_UNREACHABLE
#define REACHED() __CPROVER_assert(false, "the proof's place is not reached")
#else
#define REACHED() ((void)0)
#endif

/* Messages are no part of a proof. */
int log_error(const struct log *log, int error, const char *format, ...)
{
	(void)log;
	(void)format;
	return error;
}

#endif
