/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A plan as a picture: --plan=svg. One file that refers to nothing outside of itself, and that
 * follows the reader's choice between light and dark.
 */
#ifndef SHOW_PLAN_SVG_H
#define SHOW_PLAN_SVG_H

#include <stdio.h>

#include "show/plan_view.h"

/* Returns 0 or -ENOMEM. */
int plan_svg_print(FILE *stream, const struct plan_view *view);

#endif
