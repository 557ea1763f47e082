/* SPDX-License-Identifier: GPL-2.0-only */
/* FIT: the choice among its configurations. */
#include <errno.h>
#include <libfdt.h>
#include <string.h>

#include "devicetree/devicetree.h"
#include "image/fit_configuration.h"

/*
 * The size of the list in a message, in bytes. There may be configurations for a thousand boards.
 */
#define LIST_SIZE 1024

#define TAKE_OUT "take kernel, initrd and device tree out with dumpimage and name them one by one"

static int refuse(const struct fit *fit, const char *reason)
{
	return log_error(fit->request->log, -ENOEXEC, "%s: is a FIT %s: " TAKE_OUT,
			 fit->request->path, reason);
}

/* How well the device tree of a configuration matches the board; see compatible_match(). */
static int match_tree(const struct fit *fit, int configuration)
{
	const char *name = fit_text(fit, configuration, "fdt", NULL);
	struct image_bytes data;
	struct devicetree tree;
	struct compatible compatible;
	int position;

	if (!name || fit_image_peek(&data, fit, name) ||
	    devicetree_try(&tree, data.data, data.size))
		return -1;
	compatible = compatible_read(tree.fdt, 0);
	position = compatible_match(&fit->request->board, &compatible);
	devicetree_free(&tree);
	return position;
}

static int match_configuration(const struct fit *fit, int configuration)
{
	const struct compatible compatible = compatible_read(fit->file.data, configuration);

	if (!fit_text(fit, configuration, "kernel", NULL))
		return -1;
	return compatible.strings ? compatible_match(&fit->request->board, &compatible)
				  : match_tree(fit, configuration);
}

/*
 * Find the configuration that matches the board best. Among several, take the default, or else the
 * first; -1: none matches.
 */
static int find_match(const struct fit *fit, int configurations)
{
	const void *fdt = fit->file.data;
	const char *name = fit_text(fit, configurations, "default", NULL);
	const int preferred = name ? fdt_subnode_offset(fdt, configurations, name) : -1;
	int best = -1, best_position = -1;
	int node;

	if (!fit->request->board.strings)
		return -1;
	fdt_for_each_subnode(node, fdt, configurations)
	{
		const int position = match_configuration(fit, node);

		if (position < 0)
			continue;
		if (best < 0 || position < best_position ||
		    (position == best_position && node == preferred)) {
			best = node;
			best_position = position;
		}
	}
	return best;
}

/* "conf-1 'Raspberry Pi 4' (raspberrypi,4-model-b, brcm,bcm2711)" */
static int format_configuration(char *text, size_t size, const struct fit *fit, int node)
{
	const void *fdt = fit->file.data;
	const struct compatible compatible = compatible_read(fdt, node);
	const char *description = fit_text(fit, node, "description", NULL);
	char strings[COMPATIBLE_TEXT_SIZE];

	compatible_format(strings, &compatible);
	return snprintf(text, size, "%s%s%s%s%s%s%s", fdt_get_name(fdt, node, NULL),
			description ? " '" : "", description ? description : "",
			description ? "'" : "", compatible.strings ? " (" : "",
			compatible.strings ? strings : "", compatible.strings ? ")" : "");
}

/* List as many configurations as there is room for, and say how many more there are. */
static void list_configurations(char list[LIST_SIZE], const struct fit *fit, int configurations)
{
	static const char more[] = ", and 2147483647 more";
	const size_t room = LIST_SIZE - sizeof(more);
	unsigned int left_out = 0;
	size_t length = 0;
	int node;

	list[0] = '\0';
	fdt_for_each_subnode(node, fit->file.data, configurations)
	{
		const size_t start = length + (length ? 2 : 0);
		char entry[LIST_SIZE];
		int added = format_configuration(entry, sizeof(entry), fit, node);

		log_debug(fit->request->log, "%s: has the configuration %s", fit->request->path,
			  entry);
		if (left_out > 0 || added < 0 || start + (size_t)added > room)
			left_out++;
		else
			length += (size_t)snprintf(list + length, LIST_SIZE - length, "%s%s",
						   length ? ", " : "", entry);
	}
	if (left_out > 0)
		snprintf(list + length, LIST_SIZE - length, "%s%u more", length ? ", and " : "",
			 left_out);
}

/* Report that no configuration can be chosen among several. */
static int refuse_all(const struct fit *fit, int configurations)
{
	const struct image_request *request = fit->request;
	char board[COMPATIBLE_TEXT_SIZE], list[LIST_SIZE];

	list_configurations(list, fit, configurations);
	compatible_format(board, &request->board);
	if (!request->board.strings)
		return log_error(request->log, -ENOEXEC,
				 "%s: is a FIT with several configurations and no default, and "
				 "this system has no device tree that names its board; it has "
				 "%s: " TAKE_OUT,
				 request->path, list);
	return log_error(request->log, -ENOEXEC,
			 "%s: is a FIT without a configuration for this board (%s) and without a "
			 "default; it has %s: " TAKE_OUT,
			 request->path, board, list);
}

/* The only configuration below @node, or -errno with a message. */
static int find_only(const struct fit *fit, int node)
{
	const void *fdt = fit->file.data;
	const int first = fdt_first_subnode(fdt, node);

	if (first < 0)
		return refuse(fit, "without a configuration, which would say what to boot");
	if (fdt_next_subnode(fdt, first) >= 0)
		return refuse_all(fit, node);
	return first;
}

int fit_configuration_choose(const struct fit *fit)
{
	const struct image_request *request = fit->request;
	const void *fdt = fit->file.data;
	const int configurations = fdt_path_offset(fdt, "/configurations");
	const char *name;
	int node;

	if (configurations < 0)
		return refuse(fit, "without configurations, which would say what to boot");
	node = find_match(fit, configurations);
	if (node >= 0) {
		log_debug(request->log, "%s: the FIT's configuration '%s' is for this board",
			  request->path, fdt_get_name(fdt, node, NULL));
		return node;
	}
	name = fit_text(fit, configurations, "default", NULL);
	if (!name)
		return find_only(fit, configurations);
	node = fdt_subnode_offset(fdt, configurations, name);
	if (node < 0)
		return log_error(request->log, -ENOEXEC,
				 "%s: the FIT's default configuration '%s' is missing; it is "
				 "damaged",
				 request->path, name);
	return node;
}
