/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The facts of a plan in words, one subject each.
 */
#ifndef SHOW_PLAN_FACTS_H
#define SHOW_PLAN_FACTS_H

#include "show/plan_view.h"

/*
 * Call @tell with @context for each fact, in order: what is loaded, by which call, what the next
 * kernel gets, how purgatory works, what it verifies and how long that takes. A label has 15
 * characters at most.
 */
void plan_facts_tell(const struct plan_view *view,
		     void (*tell)(void *context, const char *label, const char *text),
		     void *context);

#endif
