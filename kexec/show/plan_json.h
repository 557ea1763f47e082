/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A plan as JSON: --plan=json, and plan.json of --output. man/kexec.8 describes it
 * under "plan.json".
 */
#ifndef SHOW_PLAN_JSON_H
#define SHOW_PLAN_JSON_H

#include <stdio.h>

#include "show/plan_view.h"

/*
 * The number of the schema. It grows when a member changes its meaning or goes; members may be
 * added without that.
 */
#define PLAN_JSON_SCHEMA 1

void plan_json_print(FILE *stream, const struct plan_view *view);

#endif
