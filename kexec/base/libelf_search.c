/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions that the static libelf of elfutils 0.192 lacks. That release moved its search trees to
 * an internal library and left it out of libelf.a
 * (https://sourceware.org/bugzilla/show_bug.cgi?id=32293), so no static program links with it.
 * Debian 13 ships that release. This file is built in only if configure finds that the link fails.
 *
 * The functions wrap those of <search.h>. The tree's first member is its root; a lock that may
 * follow is left alone, because only one thread of kexec uses libelf.
 */
#include <search.h>
#include <stddef.h>

struct search_tree {
	void *root;
};

typedef int compare_function(const void *left, const void *right);

/* Named and shaped as libelf calls them. */
void eu_search_tree_init(struct search_tree *tree);
void eu_search_tree_fini(struct search_tree *tree, void (*free_node)(void *node));
void *eu_tsearch(const void *key, struct search_tree *tree, compare_function *compare);
void *eu_tdelete(const void *key, struct search_tree *tree, compare_function *compare);

void eu_search_tree_init(struct search_tree *tree)
{
	tree->root = NULL;
}

void eu_search_tree_fini(struct search_tree *tree, void (*free_node)(void *node))
{
	tdestroy(tree->root, free_node);
	tree->root = NULL;
}

void *eu_tsearch(const void *key, struct search_tree *tree, compare_function *compare)
{
	return tsearch(key, &tree->root, compare);
}

void *eu_tdelete(const void *key, struct search_tree *tree, compare_function *compare)
{
	return tdelete(key, &tree->root, compare);
}
