/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Zstandard (RFC 8878), through libzstd. Without that library the table of compressions says so,
 * and this file is empty.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_ZSTD
/*
 * For ZSTD_d_stableOutBuffer: all output goes to one buffer, in which libzstd finds what it decoded
 * before.
 */
#define ZSTD_STATIC_LINKING_ONLY

#include <errno.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "image/compression_methods.h"
#include "image/growing_bytes.h"

/*
 * The bytes that one call of libzstd may write. It gets no more input than the rest of a block and
 * the next one's header, so it decodes a block of 128 KiB (RFC 8878, 3.1.1.2.4), and may use as
 * much again behind that for itself. Before the first block it gets a few bytes of input, and each
 * four of them may be a block.
 */
#define OUTPUT_STEP ((size_t)4 << 20)
_Static_assert(OUTPUT_STEP <= GROWING_BYTES_BLOCK_MAX, "room for a step is asked for at once");

/* Convert libzstd's status to 0 or -errno. */
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
	case ZSTD_error_dstSize_tooSmall:
		return -EFBIG;
	default:
		return -EILSEQ;
	}
}

/* Decode one frame, from the position of @input on. */
static int decode_frame(ZSTD_DCtx *context, struct growing_bytes *output, ZSTD_inBuffer *input,
			size_t end)
{
	ZSTD_outBuffer buffer = {.pos = output->size};
	size_t status = ZSTD_FRAMEHEADERSIZE_MIN(ZSTD_f_zstd1);
	int error = growing_bytes_capacity(output, &buffer.size);

	if (error)
		return error;
	buffer.dst = output->data;
	do {
		const size_t before = input->pos;

		error = growing_bytes_reserve(output, OUTPUT_STEP);
		if (error)
			return error;
		/* The result is how many bytes the next step needs. */
		input->size = end - before > status ? before + status : end;
		status = ZSTD_decompressStream(context, &buffer, input);
		error = convert_status(status);
		if (error == -EFBIG && buffer.size <= output->limit)
			error = -ENOMEM;
		if (error)
			return error;
		/*
		 * There always is room for output, so no progress means that the input ends too
		 * early.
		 */
		if (status != 0 && buffer.pos == output->size && input->pos == before)
			return -ENODATA;
		growing_bytes_advance(output, buffer.pos - output->size);
	} while (status != 0);
	return 0;
}

static int decode_all(ZSTD_DCtx *context, struct growing_bytes *output,
		      const struct image_bytes *in)
{
	ZSTD_inBuffer input = {.src = in->data};

	do {
		int error = decode_frame(context, output, &input, in->size);

		if (error)
			return error;
	} while (stream_begins(in, input.pos, ZSTD_MAGIC, sizeof(ZSTD_MAGIC) - 1));
	return 0;
}

int zstd_decompress(struct growing_bytes *output, const struct image_bytes *in)
{
	ZSTD_DCtx *context = ZSTD_createDCtx();
	int error;

	if (!context)
		return -ENOMEM;
	error = convert_status(
		ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, COMPRESSION_WINDOW_LOG));
	/* Libraries that do not know it keep a copy. */
	ZSTD_DCtx_setParameter(context, ZSTD_d_stableOutBuffer, 1);
	if (!error)
		error = decode_all(context, output, in);
	ZSTD_freeDCtx(context);
	return error;
}
#endif
