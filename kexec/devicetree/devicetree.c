/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device tree of the running system, of a file, or of a kernel's file.
 */
#include "devicetree/devicetree.h"

#include <errno.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "devicetree/devicetree_flatten.h"

#define RUNNING_FDT "/sys/firmware/fdt"

/* Say what is wrong with a file that is no device tree blob, and what helps. */
static const char *explain(int error, const void *data, size_t size)
{
	if (!size)
		return "the file is empty";
	/* libfdt looks at the size first. */
	if (size < sizeof(uint32_t) || load_big_endian(data, sizeof(uint32_t)) != FDT_MAGIC)
		return "it does not begin like one; name a .dtb file, which dtc makes of a .dts";
	return error == -FDT_ERR_TRUNCATED ? "it ends too early; get the file again"
					   : fdt_strerror(error);
}

/* Read @path; @tree is left empty on failure. */
static int read_tree(struct devicetree *tree, const struct sysroot *sysroot, const char *path,
		     const struct log *log)
{
	char *data;
	size_t size;
	int error = sysroot_read(sysroot, path, &data, &size);

	if (error == -ENOENT)
		return error;
	if (error == -EISDIR)
		return log_error(log, error, "device tree %s%s is a directory; name a file in it",
				 sysroot->directory, path);
	if (error == -ESPIPE)
		return log_error(
			log, error,
			"device tree %s%s is neither a regular file nor a device; copy its "
			"contents to a file",
			sysroot->directory, path);
	if (error)
		return log_error(log, error, "cannot read device tree %s%s: %s", sysroot->directory,
				 path, strerror(-error));
	error = fdt_check_full(data, size);
	if (error) {
		log_error(log, -EINVAL, "%s%s is not a valid device tree blob: %s",
			  sysroot->directory, path, explain(error, data, size));
		free(data);
		return -EINVAL;
	}
	log_debug(log, "device tree: %s%s, %zu bytes", sysroot->directory, path, size);
	tree->fdt = data;
	tree->size = size;
	return 0;
}

int devicetree_read_running(struct devicetree *tree, const struct sysroot *sysroot,
			    const struct log *log)
{
	int error;

	memset(tree, 0, sizeof(*tree));
	error = read_tree(tree, sysroot, RUNNING_FDT, log);
	if (error == -ENOENT)
		error = devicetree_flatten(tree, sysroot, log);
	else
		return error;
	if (!error) {
		log_debug(log, "device tree: made from /proc/device-tree, %zu bytes", tree->size);
		tree->flattened = true;
	}
	if (error == -ENOENT)
		log_debug(log, "no device tree: neither %s nor /proc/device-tree", RUNNING_FDT);
	return error;
}

int devicetree_read_file(struct devicetree *tree, const char *path, const struct log *log)
{
	const struct sysroot no_sysroot = {""};
	int error;

	memset(tree, 0, sizeof(*tree));
	error = read_tree(tree, &no_sysroot, path, log);
	if (error == -ENOENT)
		log_error(log, error, "cannot read device tree %s: %s", path, strerror(-error));
	return error;
}

/*
 * Copy the blob, which may have any alignment, to a multiple of 8, because libfdt needs that.
 * Returns 0, -ENOMEM, or -EINVAL with libfdt's error in *reason.
 */
static int copy_checked(struct devicetree *tree, const void *data, size_t size, int *reason)
{
	void *copy = malloc(size ? size : 1);

	memset(tree, 0, sizeof(*tree));
	if (!copy)
		return -ENOMEM;
	memcpy(copy, data, size);
	*reason = fdt_check_full(copy, size);
	if (*reason) {
		free(copy);
		return -EINVAL;
	}
	tree->fdt = copy;
	tree->size = size;
	return 0;
}

int devicetree_copy(struct devicetree *tree, const void *data, size_t size, const char *source,
		    const struct log *log)
{
	int reason;
	const int error = copy_checked(tree, data, size, &reason);

	if (error == -EINVAL)
		return log_error(log, error,
				 "%s: the device tree in it is not valid (%s): name one with --dtb",
				 source, explain(reason, data, size));
	if (error)
		return log_error(log, error, "no memory for the device tree in %s", source);
	return 0;
}

int devicetree_try(struct devicetree *tree, const void *data, size_t size)
{
	int reason;

	return copy_checked(tree, data, size, &reason);
}

int devicetree_enlarge(struct devicetree *larger, const struct devicetree *tree, uint64_t room)
{
	uint64_t size;
	void *fdt;

	memset(larger, 0, sizeof(*larger));
	if (__builtin_add_overflow(fdt_totalsize(tree->fdt), room, &size) || size > INT32_MAX)
		return -EFBIG;
	fdt = calloc(1, (size_t)size);
	if (!fdt)
		return -ENOMEM;
	if (fdt_open_into(tree->fdt, fdt, (int)size)) {
		free(fdt);
		return -EINVAL;
	}
	*larger = (struct devicetree){.fdt = fdt, .size = (size_t)size};
	return 0;
}

void devicetree_free(struct devicetree *tree)
{
	free(tree->fdt);
	memset(tree, 0, sizeof(*tree));
}
