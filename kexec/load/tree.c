/* SPDX-License-Identifier: GPL-2.0-only */
/* The device tree that the next kernel's is made from. */
#include <errno.h>

#include "load/state.h"

/*
 * The tree that the user names comes first, then the one that the kernel's file brings, then the
 * running kernel's.
 */
int load_choose_tree(struct load *load)
{
	const struct options *options = load->options;
	const struct image_bytes *brought = &load->image.devicetree;
	struct load_tree *tree = &load->tree;

	tree->devicetree = &tree->read;
	if (options->dtb) {
		tree->origin = TREE_OPTION;
		tree->source = options->dtb;
		return devicetree_read_file(&tree->read, options->dtb, load->log);
	}
	if (brought->data) {
		tree->origin = TREE_IMAGE;
		tree->source = options->kernel;
		log_debug(load->log, "device tree: the one in %s, %zu bytes", options->kernel,
			  brought->size);
		return devicetree_copy(&tree->read, brought->data, brought->size, options->kernel,
				       load->log);
	}
	tree->origin = TREE_RUNNING;
	tree->source = "the running device tree";
	tree->devicetree = &load->machine.devicetree;
	if (tree->devicetree->fdt)
		return 0;
	return log_error(load->log, -ENOENT,
			 "this system has no device tree (/sys/firmware/fdt, "
			 "/proc/device-tree): name one with --dtb");
}
