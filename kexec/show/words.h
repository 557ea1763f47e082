/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers and enumerations in words, for people.
 */
#ifndef SHOW_WORDS_H
#define SHOW_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "plan/plan.h"
#include "purgatory.h"
#include "show/plan_view.h"

#define WORDS_SIZE 32

/* "512 bytes", "31.2 MiB", "2 TiB": three digits at least where there are more. Returns @text. */
const char *words_size(char text[WORDS_SIZE], uint64_t bytes);

/* "r-x" */
const char *words_permissions(char text[4], unsigned int permissions);

/* What resets the machine: "PSCI (smc)"; "nothing" */
const char *words_reset(enum purgatory_reset reset);

/* "reset", "halt" or "boot", as --on-mismatch has them. */
const char *words_policy(enum purgatory_policy policy);

/* The letter that stands for segments of that role in a drawing. */
char words_letter(enum segment_role role);

/* What checks a segment: "purgatory", "its digest" (which purgatory knows), "nothing" */
const char *words_checker(const struct plan_view *view, const struct segment *segment);

/* Bytes that purgatory compares with the manifest. */
uint64_t words_verified_size(const struct plan *plan);

#endif
