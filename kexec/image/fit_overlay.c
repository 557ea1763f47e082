/* SPDX-License-Identifier: GPL-2.0-only */
/* FIT: device tree overlays, applied by libfdt as in U-Boot (boot_get_fdt_fit()). */
#include <errno.h>
#include <inttypes.h>
#include <libfdt.h>
#include <stdbool.h>

#include "devicetree/devicetree.h"
#include "image/fit_overlay.h"

/* The most levels of nodes: libfdt recurses, and Linux takes no more (drivers/of/fdt.c). */
#define DEPTH_MAX 64

static int report_failure(const struct fit *fit, const char *name, int reason)
{
	/* libfdt returns the second one for a tree without any labels. */
	const bool is_missing = reason == -FDT_ERR_NOTFOUND || reason == -FDT_ERR_BADOFFSET;

	return log_error(
		fit->request->log, -EINVAL,
		"%s: the FIT's overlay '%s' cannot be applied to its device tree: %s; name "
		"the tree to boot with --dtb",
		fit->request->path, name,
		is_missing ? "the tree lacks what it refers to, a node or labels (dtc -@)"
			   : fdt_strerror(reason));
}

/*
 * Make room in the tree for the overlay and for what else an application adds, up to the largest
 * tree that boots.
 */
static int make_room(struct devicetree *tree, const struct devicetree *overlay,
		     const struct fit *fit)
{
	const uint64_t room = fdt_totalsize(overlay->fdt) + fit->request->arch->dtb_size_max;
	struct devicetree larger;

	if (devicetree_enlarge(&larger, tree, room))
		return log_error(fit->request->log, -ENOMEM,
				 "%s: no memory for a device tree of %" PRIu64 " bytes",
				 fit->request->path, fdt_totalsize(tree->fdt) + room);
	devicetree_free(tree);
	*tree = larger;
	return 0;
}

static bool is_deep(const void *fdt)
{
	int depth = 0;

	for (int node = 0; node >= 0; node = fdt_next_node(fdt, node, &depth))
		if (depth > DEPTH_MAX)
			return true;
	return false;
}

/* Apply the overlay, whose contents are destroyed by that. */
static int apply(struct devicetree *tree, struct devicetree *overlay, const struct fit *fit,
		 const char *name)
{
	int error, reason;

	if (is_deep(overlay->fdt))
		return report_failure(fit, name, -FDT_ERR_BADOVERLAY);
	error = make_room(tree, overlay, fit);
	if (error)
		return error;
	reason = fdt_overlay_apply(tree->fdt, overlay->fdt);
	return reason ? report_failure(fit, name, reason) : 0;
}

/* Read the overlay @name to memory of its own, because libfdt writes to it. */
static int read_overlay(struct devicetree *overlay, const struct image *image,
			const struct fit *fit, const char *name)
{
	const struct image_request *request = fit->request;
	struct file_bytes expanded = {0};
	struct compressed_bytes in = {
		.file = &image->file,
		.path = request->path,
		.limit = request->limit,
		.hash = request->hash,
	};
	struct fit_image part;
	int error = fit_image_read(&part, fit, name);

	if (error)
		return error;
	if (part.compression) {
		in.compression = part.compression;
		in.bytes = part.data;
		error = decompress_bytes(&expanded, &in, request->log);
		if (error)
			return error;
		part.data = (struct image_bytes){expanded.data, expanded.size};
	}
	error = devicetree_copy(overlay, part.data.data, part.data.size, request->path,
				request->log);
	file_bytes_free(&expanded);
	return error;
}

static int apply_all(struct devicetree *tree, const struct image *image, const struct fit *fit,
		     int configuration)
{
	const int count = fdt_stringlist_count(fit->file.data, configuration, "fdt");
	int error = 0;

	for (int i = 1; i < count && !error; i++) {
		const char *name =
			fdt_stringlist_get(fit->file.data, configuration, "fdt", i, NULL);
		struct devicetree overlay;

		error = read_overlay(&overlay, image, fit, name);
		if (error)
			return error;
		error = apply(tree, &overlay, fit, name);
		devicetree_free(&overlay);
	}
	return error;
}

int fit_overlay_apply(struct image *image, struct image_bytes *tree, const struct fit *fit,
		      int configuration)
{
	struct devicetree result;
	int error = devicetree_copy(&result, tree->data, tree->size, fit->request->path,
				    fit->request->log);

	if (error)
		return error;
	error = apply_all(&result, image, fit, configuration);
	if (error) {
		devicetree_free(&result);
		return error;
	}
	fdt_pack(result.fdt);
	image->overlaid = result.fdt;
	*tree = (struct image_bytes){result.fdt, fdt_totalsize(result.fdt)};
	return 0;
}
