/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /proc/device-tree, one directory for each node and one file for each property, flattened. This is
 * for kernels that do not show their tree as /sys/firmware/fdt.
 */
#ifndef DEVICETREE_DEVICETREE_FLATTEN_H
#define DEVICETREE_DEVICETREE_FLATTEN_H

#include "base/log.h"
#include "base/sysroot.h"
#include "devicetree/devicetree.h"

/*
 * Flatten /proc/device-tree to a new buffer. Properties and nodes are sorted by name, so that the
 * same tree always gives the same bytes. Memory reservations are not in /proc/device-tree: the
 * result has none. Returns 0, -ENOENT without a message where there is no such directory, or
 * another -errno with a message.
 */
int devicetree_flatten(struct devicetree *tree, const struct sysroot *sysroot,
		       const struct log *log);

#endif
