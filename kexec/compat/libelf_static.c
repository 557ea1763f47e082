/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a static libelf may lack. libelf.a of elfutils 0.192, Debian 13's, refers to functions of a
 * library internal to elfutils (libeu) that is in no package; the shared libelf has them inside.
 * configure compiles this file's content only where a static link fails without it.
 *
 * A tree's first member is the root that tsearch(3) knows; the lock that follows it is for programs
 * with threads, which this one is not. Source of names and types: elfutils' lib/eu-search.h.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#ifdef STATIC_LIBELF_LACKS_LIBEU

#include <search.h>
#include <stddef.h>

typedef int compare_function(const void *a, const void *b);

struct search_tree {
	void *root;
};

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

#else

/* A translation unit must declare something. */
typedef int libelf_static_is_complete;

#endif
