/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page tables as a tree, read from what was built.
 */
#ifndef SHOW_TABLE_TREE_H
#define SHOW_TABLE_TREE_H

#include "plan/table_sets.h"
#include "show/paper.h"

/*
 * Print a set: a line for each table below the root, and one for all neighbouring leaves of the
 * same size and permissions. A line has the virtual address at which it begins, and the physical
 * one where that is another.
 */
void table_tree_print(const struct paper *paper, const struct table_sets *tables,
		      enum purgatory_tables which);

#endif
