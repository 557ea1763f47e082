/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A plan for people: --plan.
 */
#ifndef SHOW_PLAN_TEXT_H
#define SHOW_PLAN_TEXT_H

#include <stdio.h>

#include "show/plan_view.h"

/* Print it for the width of the terminal, see paper_open(). Returns 0 or -ENOMEM. */
int plan_text_print(FILE *stream, const struct plan_view *view);

/* Write the same facts to @log with log_debug(), one subject a line, without the drawing. */
void plan_text_log(const struct log *log, const struct plan_view *view);

#endif
