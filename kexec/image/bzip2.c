/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bzip2, through libbz2. Without that library the table of compressions says so, and this file is
 * empty.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_BZIP2
#include <bzlib.h>
#include <errno.h>
#include <limits.h>

#include "image/compression_methods.h"
#include "image/growing_bytes.h"

/* Convert libbz2's status to 0 or -errno. */
static int convert_status(int status)
{
	switch (status) {
	case BZ_OK:
	case BZ_STREAM_END:
		return 0;
	case BZ_MEM_ERROR:
		return -ENOMEM;
	default:
		return -EILSEQ;
	}
}

/* Limit @size to what libbz2's counters can hold. */
static unsigned int clamp(size_t size)
{
	return size > UINT_MAX ? UINT_MAX : (unsigned int)size;
}

/* Decode one stream from @position on, which moves behind it. */
static int decode_stream(bz_stream *stream, struct growing_bytes *output,
			 const struct image_bytes *in, size_t *position)
{
	int status = BZ_OK;
	size_t room;

	while (status != BZ_STREAM_END) {
		const unsigned int supply = clamp(in->size - *position);
		int error = growing_bytes_room(output, &room, UINT_MAX);

		if (error)
			return error;
		/* libbz2 does not write to its input. */
		stream->next_in = (char *)(uintptr_t)(in->data + *position);
		stream->avail_in = supply;
		stream->next_out = (char *)output->data + output->size;
		stream->avail_out = (unsigned int)room;
		status = BZ2_bzDecompress(stream);
		error = convert_status(status);
		if (error)
			return error;
		*position += supply - stream->avail_in;
		growing_bytes_advance(output, room - stream->avail_out);
		/*
		 * There always is room for output, so no progress means that the input ends too
		 * early.
		 */
		if (status == BZ_OK && stream->avail_in == supply && stream->avail_out == room)
			return -ENODATA;
	}
	return 0;
}

int bzip2_decompress(struct growing_bytes *output, const struct image_bytes *in)
{
	size_t position = 0;

	do {
		bz_stream stream = {0};
		int error = convert_status(BZ2_bzDecompressInit(&stream, 0, 0));

		if (error)
			return error;
		error = decode_stream(&stream, output, in, &position);
		BZ2_bzDecompressEnd(&stream);
		if (error)
			return error;
	} while (stream_begins(in, position, BZIP2_MAGIC, sizeof(BZIP2_MAGIC) - 1));
	return 0;
}
#endif
