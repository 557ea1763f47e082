/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device trees: the running system's, that of a file, and copies.
 */
#ifndef DEVICETREE_DEVICETREE_H
#define DEVICETREE_DEVICETREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "base/sysroot.h"

/* A flattened device tree, checked by fdt_check_full(); the buffer is malloc'ed and owned. */
struct devicetree {
	void *fdt;
	size_t size; /* of the buffer, at least fdt_totalsize() */
	/* Made from /proc/device-tree, which does not show memory reservations. */
	bool flattened;
};

/*
 * Read /sys/firmware/fdt, else flatten /proc/device-tree.
 * Returns 0; -ENOENT without a message where there is none (an ACPI machine may do without); or
 * -EINVAL (malformed), -ENOMEM and others with a message.
 */
int devicetree_read_running(struct devicetree *tree, const struct sysroot *sysroot,
			    const struct log *log);

/* Read the file of --dtb. Returns 0, or -errno with a message. */
int devicetree_read_file(struct devicetree *tree, const char *path, const struct log *log);

/*
 * Copy the device tree blob in the @size bytes at @data, which @source names in messages. Returns
 * 0, or -EINVAL (malformed) or -ENOMEM with a message.
 */
int devicetree_copy(struct devicetree *tree, const void *data, size_t size, const char *source,
		    const struct log *log);

/* The same for bytes that need not be one. Returns 0, or -EINVAL or -ENOMEM without a message. */
int devicetree_try(struct devicetree *tree, const void *data, size_t size);

/*
 * Copy @tree to a buffer with @room more bytes, so that libfdt can add to it. Returns 0, or without
 * a message -EFBIG (libfdt takes no more than 2 GiB), -ENOMEM or -EINVAL (malformed); then @larger
 * is empty.
 */
int devicetree_enlarge(struct devicetree *larger, const struct devicetree *tree, uint64_t room);

void devicetree_free(struct devicetree *tree);

#endif
