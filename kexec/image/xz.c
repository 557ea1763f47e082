/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The .xz format and its predecessor .lzma, through liblzma. Without that library the table of
 * compressions says so, and this file is empty.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_LZMA
#include <errno.h>
#include <lzma.h>

#include "image/compression_methods.h"
#include "image/growing_bytes.h"

/* Convert liblzma's status to 0 or -errno. */
static int convert_status(lzma_ret status)
{
	switch (status) {
	case LZMA_OK:
	case LZMA_STREAM_END:
		return 0;
	case LZMA_BUF_ERROR: /* there always is room for output: the input ends too early */
		return -ENODATA;
	case LZMA_MEM_ERROR:
		return -ENOMEM;
	case LZMA_MEMLIMIT_ERROR:
	case LZMA_OPTIONS_ERROR:
		return -ENOTSUP;
	default:
		return -EILSEQ;
	}
}

/* Decode one stream, for which @stream was just prepared with @status. */
static int decode_stream(lzma_stream *stream, lzma_ret status, struct growing_bytes *output)
{
	int error = convert_status(status);
	size_t room;

	while (!error && status != LZMA_STREAM_END) {
		error = growing_bytes_room(output, &room, SIZE_MAX);
		if (error)
			return error;
		stream->next_out = output->data + output->size;
		stream->avail_out = room;
		status = lzma_code(stream, LZMA_RUN);
		growing_bytes_advance(output, room - stream->avail_out);
		error = convert_status(status);
	}
	return error;
}

/* The next stream's offset: padding between streams is zero bytes, four at a time. */
static size_t skip_padding(const struct image_bytes *in, size_t position)
{
	static const uint8_t padding[4];

	while (stream_begins(in, position, (const char *)padding, sizeof(padding)))
		position += sizeof(padding);
	return position;
}

static int decode_xz(lzma_stream *stream, struct growing_bytes *output,
		     const struct image_bytes *in)
{
	size_t position = 0;

	do {
		int error;

		stream->next_in = in->data + position;
		stream->avail_in = in->size - position;
		error = decode_stream(
			stream, lzma_stream_decoder(stream, COMPRESSION_MEMORY_MAX, 0), output);
		if (error)
			return error;
		position = skip_padding(in, in->size - stream->avail_in);
	} while (stream_begins(in, position, XZ_MAGIC, sizeof(XZ_MAGIC)));
	return 0;
}

/* Decode one stream of .lzma. These have no magic number, so nobody writes several to one file. */
static int decode_lzma(lzma_stream *stream, struct growing_bytes *output,
		       const struct image_bytes *in)
{
	stream->next_in = in->data;
	stream->avail_in = in->size;
	return decode_stream(stream, lzma_alone_decoder(stream, COMPRESSION_MEMORY_MAX), output);
}

int xz_decompress(struct growing_bytes *output, const struct image_bytes *in)
{
	lzma_stream stream = LZMA_STREAM_INIT;
	int error = decode_xz(&stream, output, in);

	lzma_end(&stream);
	return error;
}

int lzma_decompress(struct growing_bytes *output, const struct image_bytes *in)
{
	lzma_stream stream = LZMA_STREAM_INIT;
	int error = decode_lzma(&stream, output, in);

	lzma_end(&stream);
	return error;
}
#endif
