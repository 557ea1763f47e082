/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /proc/device-tree: directories and files. The input is lines of a path, each followed by two
 * bytes with a size and so many bytes of contents; a path that ends in a slash is a directory.
 */
#include <libfdt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "devicetree/devicetree.h"
#include "devicetree/devicetree_flatten.h"
#include "target.h"

#define ROOT		"/proc/device-tree"
#define PATH_MAX_LENGTH 120
#define FILES_MAX	64

/* True if it stays below the root, and has no empty component. */
static bool is_safe(const char *path)
{
	size_t length;

	if (*path == '/')
		return false;
	for (; *path; path += length + (path[length] == '/')) {
		length = strcspn(path, "/");
		if (length == 0 || (length == 1 && path[0] == '.') ||
		    (length == 2 && path[0] == '.' && path[1] == '.'))
			return false;
	}
	return true;
}

/* True if a file can be made there: no component that is a file, no directory of that name. */
static bool is_free(const char *path)
{
	char whole[PATH_MAX_LENGTH + 4200];
	struct stat status;
	size_t root;

	root = (size_t)snprintf(whole, sizeof(whole), "%s" ROOT "/", fuzz_sysroot()->directory);
	snprintf(whole + root, sizeof(whole) - root, "%s", path);
	if (lstat(whole, &status) == 0)
		return false;
	for (char *slash = strchr(whole + root, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (lstat(whole, &status) == 0 && !S_ISDIR(status.st_mode))
			return false;
		*slash = '/';
	}
	return true;
}

static void put(const char *path, const uint8_t *data, size_t size)
{
	char whole[PATH_MAX_LENGTH + 64];

	snprintf(whole, sizeof(whole), ROOT "/%s", path);
	if (is_safe(path) && *path && path[strlen(path) - 1] != '/' && is_free(path))
		fuzz_sysroot_put(whole, data, size);
}

static void put_all(const uint8_t *data, size_t size)
{
	for (int i = 0; i < FILES_MAX && size > 0; i++) {
		const uint8_t *end = memchr(data, '\n', size);
		char path[PATH_MAX_LENGTH + 1] = "";
		size_t length = end ? (size_t)(end - data) : size;
		size_t content;

		if (length > PATH_MAX_LENGTH || !end || size - length < 3)
			return;
		memcpy(path, data, length);
		data += length + 1;
		size -= length + 1;
		content = load_little_endian(data, 2);
		data += 2;
		size -= 2;
		if (content > size)
			content = size;
		put(path, data, content);
		data += content;
		size -= content;
	}
}

void fuzz_proc_device_tree(const uint8_t *data, size_t size)
{
	struct devicetree tree = {0};
	struct fuzz_log log;
	int error;

	fuzz_sysroot_put(ROOT "/compatible", "test", 5);
	put_all(data, size);
	fuzz_log_open(&log);
	error = devicetree_flatten(&tree, fuzz_sysroot(), &log.log);
	fuzz_log_close(&log, error);
	if (!error) {
		fuzz_expect(fdt_check_full(tree.fdt, tree.size) == 0, "the tree is right");
		devicetree_free(&tree);
	}
	fuzz_sysroot_remove(ROOT);
}
