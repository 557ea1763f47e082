/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Flattening /proc/device-tree with libfdt's sequential writer.
 */
#include "devicetree/devicetree_flatten.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libfdt.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#define DEVICE_TREE "/proc/device-tree"

/* Most trees have less, and so are read once. */
#define FDT_SIZE_FIRST ((size_t)1 << 20)

/* No real tree comes near either limit. They stop the reading of what is not a device tree. */
#define DEPTH_MAX    64
#define FDT_SIZE_MAX ((size_t)16 << 20)

/* One attempt with a buffer of a given size. */
struct flatten {
	const struct sysroot *sysroot;
	void *fdt;
	bool too_small; /* the buffer; then the error is -ENOSPC */
	char *culprit;	/* file or directory that the error is about, or NULL; owned */
};

/* Turn a result of libfdt into 0 or -errno. */
static int check(struct flatten *flatten, int result)
{
	if (result == -FDT_ERR_NOSPACE) {
		flatten->too_small = true;
		return -ENOSPC;
	}
	return result < 0 ? -EINVAL : 0;
}

/* Take ownership of @path, which the message will name, and return @error. */
static int blame(struct flatten *flatten, char *path, int error)
{
	free(flatten->culprit);
	flatten->culprit = path;
	return error;
}

static int write_property(struct flatten *flatten, int directory, const char *name)
{
	char *data;
	size_t size;
	int error = sysroot_read_at(directory, name, &data, &size);

	if (error)
		return error;
	error = check(flatten, fdt_property(flatten->fdt, name, data, (int)size));
	free(data);
	return error;
}

/* alphasort() would depend on the locale. */
static int compare_names(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* The kernel itself adds "name" to each node; it is the directory's name again. */
static int select_entry(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
	       strcmp(entry->d_name, "name") != 0;
}

/* A directory of the tree that is being written. */
struct node {
	const char *path;
	int descriptor;
	int depth;
};

static int write_node(struct flatten *flatten, const char *path, const char *name, int depth);

/* Fill in the type of an entry where the file system does not tell it with the name. */
static int find_type(const struct node *node, struct dirent *entry)
{
	struct stat status;

	if (entry->d_type != DT_UNKNOWN)
		return 0;
	if (fstatat(node->descriptor, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	entry->d_type = IFTODT(status.st_mode);
	return 0;
}

/* Write @entry of the node if it is of that type: DT_DIR, a node, or DT_REG, a property. */
static int write_entry(struct flatten *flatten, const struct node *node, struct dirent *entry,
		       unsigned char type)
{
	int error = find_type(node, entry);
	char *child;

	if (!error && entry->d_type != type)
		return 0;
	if (asprintf(&child, "%s/%s", node->path, entry->d_name) < 0)
		return -ENOMEM;
	if (!error && type == DT_DIR)
		error = write_node(flatten, child, entry->d_name, node->depth + 1);
	else if (!error)
		error = write_property(flatten, node->descriptor, entry->d_name);
	if (error && !flatten->culprit)
		return blame(flatten, child, error);
	free(child);
	return error;
}

/* The parameters are those of alphasort(). */
static int compare_numbers(const void *a, const void *b)
{
	const struct dirent *first = *(const struct dirent *const *)a;
	const struct dirent *second = *(const struct dirent *const *)b;

	return first->d_ino < second->d_ino ? -1 : first->d_ino > second->d_ino;
}

/*
 * Linux numbers CPUs and devices in the order of their nodes. It makes the files of the running
 * tree in this order (of_core_init() in drivers/of/base.c), and sysfs gives them rising inode
 * numbers (idr_alloc_cyclic() in fs/kernfs/dir.c). A copy of the files has lost that order. The
 * order of the names is at least always the same.
 */
static void sort_entries(const struct node *node, struct dirent **entries, int count)
{
	struct statfs filesystem;

	if (count > 1 && fstatfs(node->descriptor, &filesystem) == 0 &&
	    filesystem.f_type == SYSFS_MAGIC)
		qsort((void *)entries, (size_t)count, sizeof(*entries), compare_numbers);
}

/* A flattened node has all its properties before its first child. */
static int write_entries(struct flatten *flatten, const struct node *node)
{
	struct dirent **entries;
	int count = scandirat(node->descriptor, ".", &entries, select_entry, compare_names);
	int error = count < 0 ? -errno : 0;
	int i;

	sort_entries(node, entries, count);
	for (i = 0; i < count && !error; i++)
		error = write_entry(flatten, node, entries[i], DT_REG);
	for (i = 0; i < count && !error; i++)
		error = write_entry(flatten, node, entries[i], DT_DIR);
	for (i = 0; i < count; i++)
		free(entries[i]);
	if (count >= 0)
		free((void *)entries);
	return error;
}

static int write_node(struct flatten *flatten, const char *path, const char *name, int depth)
{
	struct node node = {.path = path, .depth = depth};
	int error;

	if (depth > DEPTH_MAX)
		return -ELOOP;
	node.descriptor = sysroot_open_descriptor(flatten->sysroot, path, O_DIRECTORY);
	if (node.descriptor < 0)
		return node.descriptor;
	error = check(flatten, fdt_begin_node(flatten->fdt, name));
	if (!error)
		error = write_entries(flatten, &node);
	if (!error)
		error = check(flatten, fdt_end_node(flatten->fdt));
	close(node.descriptor);
	return error;
}

static int write_tree(struct flatten *flatten, size_t size)
{
	int error = check(flatten, fdt_create(flatten->fdt, (int)size));

	if (!error)
		error = check(flatten, fdt_finish_reservemap(flatten->fdt));
	if (!error)
		error = write_node(flatten, DEVICE_TREE, "", 0);
	if (!error)
		error = check(flatten, fdt_finish(flatten->fdt));
	return error;
}

/* Try a buffer of @size bytes. On success it belongs to @tree. */
static int try_size(struct devicetree *tree, struct flatten *flatten, size_t size)
{
	int error;

	free(flatten->culprit);
	flatten->culprit = NULL;
	flatten->too_small = false;
	flatten->fdt = calloc(1, size);
	if (!flatten->fdt)
		return -ENOMEM;
	error = write_tree(flatten, size);
	if (error) {
		free(flatten->fdt);
		return error;
	}
	tree->fdt = flatten->fdt;
	tree->size = size;
	return 0;
}

int devicetree_flatten(struct devicetree *tree, const struct sysroot *sysroot,
		       const struct log *log)
{
	struct flatten flatten = {.sysroot = sysroot};
	size_t size = FDT_SIZE_FIRST;
	int error;

	memset(tree, 0, sizeof(*tree));
	do {
		error = try_size(tree, &flatten, size);
		size *= 2;
	} while (error && flatten.too_small && size <= FDT_SIZE_MAX);
	if (error && !(error == -ENOENT && !flatten.culprit))
		log_error(log, error, "cannot flatten %s%s: %s", sysroot->directory,
			  flatten.culprit ? flatten.culprit : DEVICE_TREE, strerror(-error));
	free(flatten.culprit);
	return error;
}
