/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gzip (RFC 1952), through zlib.
 */
#include <errno.h>
#include <limits.h>
#include <zlib.h>

#include "image/compression_methods.h"
#include "image/growing_bytes.h"

/* inflateInit2(): the largest window; "16 more" means a gzip header and its checksum. */
#define GZIP_WINDOW_BITS (MAX_WBITS + 16)

/* Limit @size to what zlib's counters can hold. */
static size_t clamp(size_t size)
{
	return size > UINT_MAX ? UINT_MAX : size;
}

/* Inflate one member from @position on, which moves behind it. */
static int inflate_member(z_stream *stream, struct growing_bytes *output,
			  const struct image_bytes *in, size_t *position)
{
	int status = Z_OK;
	size_t room;

	while (status != Z_STREAM_END) {
		const size_t supply = clamp(in->size - *position);
		int error = growing_bytes_room(output, &room, UINT_MAX);

		if (error)
			return error;
		stream->next_in = (z_const Bytef *)(uintptr_t)(in->data + *position);
		stream->avail_in = (uInt)supply;
		stream->next_out = output->data + output->size;
		stream->avail_out = (uInt)room;
		status = inflate(stream, Z_NO_FLUSH);
		*position += supply - stream->avail_in;
		growing_bytes_advance(output, room - stream->avail_out);
		if (status == Z_MEM_ERROR)
			return -ENOMEM;
		/*
		 * There always is room for output, so no progress means that the input ends too
		 * early.
		 */
		if (status == Z_BUF_ERROR)
			return -ENODATA;
		if (status != Z_OK && status != Z_STREAM_END)
			return -EILSEQ;
	}
	return 0;
}

static int inflate_all(z_stream *stream, struct growing_bytes *output, const struct image_bytes *in)
{
	size_t position = 0;

	do {
		int error = inflate_member(stream, output, in, &position);

		if (error)
			return error;
		inflateReset(stream);
	} while (stream_begins(in, position, GZIP_MAGIC, sizeof(GZIP_MAGIC) - 1));
	return 0;
}

int gzip_decompress(struct growing_bytes *output, const struct image_bytes *in)
{
	z_stream stream = {0};
	int error;

	if (inflateInit2(&stream, GZIP_WINDOW_BITS) != Z_OK)
		return -ENOMEM;
	error = inflate_all(&stream, output, in);
	inflateEnd(&stream);
	return error;
}
