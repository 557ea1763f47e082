/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory drawn to scale: bars of cells, each of which stands for as many bytes as the others.
 */
#ifndef SHOW_MEMORY_BARS_H
#define SHOW_MEMORY_BARS_H

#include "show/plan_view.h"

/* What a cell shows, besides the letters of roles in words_letter(). */
#define BAR_NONE     ' ' /* no RAM */
#define BAR_FREE     '.'
#define BAR_RESERVED '#' /* more than half of it is */
#define BAR_RUNNING  '@' /* the running kernel */
#define BAR_CRASH    '=' /* kept for crash kernels */
#define BAR_SEVERAL  '*' /* segments of several roles */

struct memory_bar {
	struct range range; /* physical; starts at a multiple of the cell */
	char *cells;	    /* a text; owned */
};

/* Bars in the order of addresses. */
struct memory_bars {
	struct memory_bar *bars; /* owned */
	size_t count;
	uint64_t cell; /* bytes, a power of two */
};

/*
 * All RAM: a bar for each bank. What is not RAM between two banks is left out if it is longer than
 * a bar of @width cells can show; the longest bar has no more cells than that. Returns 0 or
 * -ENOMEM.
 */
int memory_bars_make_ram(struct memory_bars *bars, const struct plan_view *view,
			 unsigned int width);

/*
 * The segments: a bar for all that are near each other, to the same scale. Segments farther apart
 * than all of them are long begin another bar. Returns 0 or -ENOMEM.
 */
int memory_bars_make_segments(struct memory_bars *bars, const struct plan_view *view,
			      unsigned int width);

void memory_bars_free(struct memory_bars *bars);

#endif
