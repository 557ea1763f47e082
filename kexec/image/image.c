/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a file name to a kernel: layers of compression and containers are removed until an Image or
 * a vmlinux is left.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "image/appended_tree.h"
#include "image/formats.h"
#include "image/image.h"

int image_decompress(struct image *image, struct image_bytes *bytes,
		     const struct compression *compression, const struct image_request *request)
{
	const struct compressed_bytes in = {
		.compression = compression,
		.bytes = *bytes,
		.file = &image->file,
		.path = request->path,
		.limit = request->limit,
		.hash = request->hash,
	};
	struct file_bytes *copy = &image->copies[image->copy_count];
	int error;

	if (!compression)
		return 0;
	error = decompress_bytes(copy, &in, request->log);
	if (error)
		return error;
	image->copy_count++;
	*bytes = (struct image_bytes){copy->data, copy->size};
	return 0;
}

void image_bring(struct image_bytes *place, struct image_bytes bytes)
{
	if (!place->data)
		*place = bytes;
}

/* Decompress image->kernel, a kernel or a container, if it is compressed as a whole. */
static int expand(struct image *image, const struct image_format *container,
		  const struct image_request *request)
{
	const struct compression *compression = decompress_find(&image->kernel);
	int error;

	if (!compression)
		return 0;
	appended_tree_report(&image->kernel, request);
	error = image_decompress(image, &image->kernel, compression, request);
	/* Nothing points into the file any more, so later changes to it do not matter. */
	if (!error && !container)
		file_bytes_free(&image->file);
	return error;
}

int image_read(struct image *image, const struct image_request *request)
{
	const struct image_format *wanted, *format = NULL;
	unsigned int depth = 0;
	int error = formats_find_wanted(&wanted, request);

	while (!error) {
		if (depth++ == IMAGE_DEPTH_MAX)
			return log_error(request->log, -ELOOP,
					 "%s: has too many files within each other; is it a "
					 "kernel?",
					 request->path);
		error = expand(image, format, request);
		if (error)
			return error;
		format = formats_detect(&image->kernel, wanted, format, request);
		if (!format)
			return -ENOEXEC;
		image->format = format->names[0];
		error = format->load(image, request);
		if (!format->is_container)
			return error;
		log_debug(request->log, "kernel: %s, %s file with a kernel of %zu bytes",
			  request->path, format->names[0], image->kernel.size);
		wanted = NULL;
	}
	return error;
}

/* Do what image_open() does, except for closing the image after a failure. */
static int open_image(struct image *image, const struct image_request *request)
{
	int error = file_bytes_map(&image->file, request->path, "kernel", request->log);

	if (error)
		return error;
	image->kernel = (struct image_bytes){image->file.data, image->file.size};
	return image_read(image, request);
}

int image_open(struct image *image, const struct image_request *request)
{
	int error;

	*image = (struct image){0};
	error = open_image(image, request);
	if (error) {
		chunk_hash_cancel(request->hash);
		image_close(image);
	} else {
		log_debug(request->log, "kernel: %s, %s of %zu bytes, %" PRIu64 " in memory",
			  request->path, image->format, image->kernel.size, image->memory_size);
	}
	return error;
}

void image_close(struct image *image)
{
	file_bytes_free(&image->file);
	for (size_t i = 0; i < image->copy_count; i++)
		file_bytes_free(&image->copies[i]);
	free(image->overlaid);
	free(image->merged);
	*image = (struct image){0};
}
