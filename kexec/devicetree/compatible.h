/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which board a device tree is for: the "compatible" property of its root node, which names the
 * board itself first, then boards and chips that it is compatible with, and its SoC last
 * (Devicetree Specification v0.4, 2.3.1).
 */
#ifndef DEVICETREE_COMPATIBLE_H
#define DEVICETREE_COMPATIBLE_H

#include <stdbool.h>
#include <stddef.h>

/* Enough for the strings of any board; longer text is cut off. */
#define COMPATIBLE_TEXT_SIZE 256

struct compatible {
	const char *strings; /* one after another, each with its NUL; NULL: none. Not owned */
	size_t size;	     /* bytes of all, with the NULs */
};

/* The property of @node of a checked tree; empty where it has none, or no list of strings. */
struct compatible compatible_read(const void *fdt, int node);

/*
 * The position in @board of the first of its strings that @other has too: 0 where both name the
 * same board, more where they are only alike. -1 if they share none.
 */
int compatible_match(const struct compatible *board, const struct compatible *other);

/* True if both name the same board: their first strings are the same. */
bool compatible_is_same(const struct compatible *board, const struct compatible *other);

/*
 * True if @board has several strings, and @other has only the last of them, which is the SoC as a
 * rule. Then @other may be for any board with that SoC.
 */
bool compatible_is_soc_alone(const struct compatible *board, const struct compatible *other);

/* The strings as "a, b"; "none" if there are none. @text has COMPATIBLE_TEXT_SIZE bytes. */
void compatible_format(char *text, const struct compatible *compatible);

#endif
