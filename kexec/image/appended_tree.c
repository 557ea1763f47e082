/* SPDX-License-Identifier: GPL-2.0-only */
/* Device trees appended to a kernel. */
#include <libfdt.h>
#include <string.h>

#include "base/bytes.h"
#include "devicetree/devicetree.h"
#include "image/appended_tree.h"

#define MAGIC	    "\xd0\x0d\xfe\xed"
#define MAGIC_SIZE  4
#define SIZE_OFFSET 4 /* totalsize, 32 bits */

/* The size of the file without zeros at its end, because files may be padded. */
static size_t size_without_padding(const struct image_bytes *file)
{
	size_t size = file->size;

	while (size > 0 && !file->data[size - 1])
		size--;
	return size;
}

/*
 * True if @size bytes at @data are a device tree. Up to @padding of the zeros behind them may be
 * its end.
 */
static bool is_tree(const uint8_t *data, size_t size, size_t padding)
{
	struct devicetree tree;
	uint64_t total;

	if (size < sizeof(struct fdt_header))
		return false;
	total = load_big_endian(data + SIZE_OFFSET, sizeof(uint32_t));
	if (total < size || total > size + padding || devicetree_try(&tree, data, (size_t)total))
		return false;
	devicetree_free(&tree);
	return true;
}

void appended_tree_report(const struct image_bytes *file, const struct image_request *request)
{
	const size_t size = size_without_padding(file);
	const size_t limit = (size_t)request->arch->dtb_size_max;
	size_t place = size > limit ? size - limit : 0;

	if (request->has_devicetree)
		return;
	while (place < size) {
		const uint8_t *found = memmem(file->data + place, size - place, MAGIC, MAGIC_SIZE);

		if (!found)
			return;
		place = (size_t)(found - file->data);
		if (is_tree(found, size - place, file->size - size)) {
			log_warning(
				request->log,
				"%s: the device tree appended to the kernel is ignored: name it "
				"with --dtb if the kernel needs that one",
				request->path);
			return;
		}
		place += MAGIC_SIZE;
	}
}
