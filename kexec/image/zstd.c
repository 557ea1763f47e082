/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Zstandard (RFC 8878), through libzstd. Without that library the table of compressions says so,
 * and this file is empty.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_ZSTD
#include <errno.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "image/compression_methods.h"
#include "image/growing_bytes.h"

/* What libzstd's answer means to the caller. */
static int convert_status(size_t status)
{
	if (!ZSTD_isError(status))
		return 0;
	switch (ZSTD_getErrorCode(status)) {
	case ZSTD_error_frameParameter_windowTooLarge:
	case ZSTD_error_frameParameter_unsupported:
	case ZSTD_error_version_unsupported:
	case ZSTD_error_dictionary_wrong:
		return -ENOTSUP;
	case ZSTD_error_memory_allocation:
		return -ENOMEM;
	default:
		return -EILSEQ;
	}
}

/* Decode one frame from where @input stands. */
static int decode_frame(ZSTD_DCtx *context, struct growing_bytes *output, ZSTD_inBuffer *input)
{
	size_t status, room;

	do {
		ZSTD_outBuffer buffer = {0};
		size_t before = input->pos;
		int error = growing_bytes_room(output, &room, SIZE_MAX);

		if (error)
			return error;
		buffer.dst = output->data + output->size;
		buffer.size = room;
		status = ZSTD_decompressStream(context, &buffer, input);
		output->size += buffer.pos;
		error = convert_status(status);
		if (error)
			return error;
		/* There always is room: no progress is for want of input. */
		if (status != 0 && buffer.pos == 0 && input->pos == before)
			return -ENODATA;
	} while (status != 0);
	return 0;
}

static int decode_all(ZSTD_DCtx *context, struct growing_bytes *output,
		      const struct image_bytes *in)
{
	ZSTD_inBuffer input = {in->data, in->size, 0};

	do {
		int error = decode_frame(context, output, &input);

		if (error)
			return error;
	} while (stream_begins(in, input.pos, ZSTD_MAGIC, sizeof(ZSTD_MAGIC) - 1));
	return 0;
}

int zstd_decompress(struct file_bytes *out, const struct image_bytes *in, uint64_t limit)
{
	struct growing_bytes output = {.limit = limit};
	ZSTD_DCtx *context = ZSTD_createDCtx();
	int error;

	if (!context)
		return -ENOMEM;
	error = convert_status(
		ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, COMPRESSION_WINDOW_LOG));
	if (!error)
		error = decode_all(context, &output, in);
	ZSTD_freeDCtx(context);
	if (!error)
		error = growing_bytes_seal(&output, out);
	growing_bytes_free(&output);
	return error;
}
#endif
