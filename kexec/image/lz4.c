/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * LZ4, through liblz4: the frame format, and the legacy format (lz4 -l), which the kernel's build
 * makes and its early code reads. Without that library the table of compressions says so, and this
 * file is empty.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_LZ4
#include <errno.h>
#include <lz4.h>
#include <lz4frame.h>

#include "base/bytes.h"
#include "image/compression_methods.h"
#include "image/growing_bytes.h"

#define MAGIC_SIZE (sizeof(LZ4_FRAME_MAGIC) - 1)

/* Every block of the legacy format but the last expands to so many bytes. */
#define LEGACY_BLOCK_MAX  (8 << 20)
#define LEGACY_FIELD_SIZE 4

/*
 * Decode one frame from @position on, which moves behind it. Decoded data stays where it is, so
 * liblz4 need not keep a copy of data that later blocks refer to.
 */
static int decode_frame(LZ4F_dctx *context, struct growing_bytes *output,
			const struct image_bytes *in, size_t *position)
{
	const LZ4F_decompressOptions_t options = {.stableDst = 1};
	size_t hint;

	do {
		size_t supply = in->size - *position, room, produced;
		int error = growing_bytes_room(output, &room, SIZE_MAX);

		if (error)
			return error;
		produced = room;
		hint = LZ4F_decompress(context, output->data + output->size, &produced,
				       in->data + *position, &supply, &options);
		if (LZ4F_isError(hint))
			return -EILSEQ;
		*position += supply;
		growing_bytes_advance(output, produced);
		/*
		 * There always is room for output, so no progress means that the input ends too
		 * early.
		 */
		if (hint != 0 && supply == 0 && produced == 0)
			return -ENODATA;
	} while (hint != 0);
	return 0;
}

/* Decode a legacy block of @size bytes at @data. */
static int decode_block(struct growing_bytes *output, const uint8_t *data, size_t size)
{
	int result, error;

	error = growing_bytes_reserve(output, LEGACY_BLOCK_MAX);
	if (error)
		return error;
	result = LZ4_decompress_safe((const char *)data, (char *)output->data + output->size,
				     (int)size, LEGACY_BLOCK_MAX);
	if (result < 0)
		return -EILSEQ;
	growing_bytes_advance(output, (size_t)result);
	return 0;
}

/*
 * True if the legacy stream that has expanded to @expanded bytes ends at @position, where a block
 * would begin with its size: the format has no mark for it. Behind the stream there may be nothing,
 * another stream, padding, or the expanded size, which the kernel's build appends.
 */
static bool ends_legacy(const struct image_bytes *in, size_t position, size_t expanded)
{
	const size_t left = in->size - position;
	uint64_t size;

	if (left < LEGACY_FIELD_SIZE)
		return expanded > 0;
	size = load_little_endian(in->data + position, LEGACY_FIELD_SIZE);
	return size == 0 || size > LZ4_COMPRESSBOUND(LEGACY_BLOCK_MAX) ||
	       (left == LEGACY_FIELD_SIZE && size == expanded);
}

/* Decode one stream of the legacy format from @position on, which moves behind it. */
static int decode_legacy(struct growing_bytes *output, const struct image_bytes *in,
			 size_t *position)
{
	const size_t before = output->size;

	*position += MAGIC_SIZE;
	while (!ends_legacy(in, *position, output->size - before)) {
		uint64_t size;
		int error;

		if (in->size - *position < LEGACY_FIELD_SIZE)
			return -ENODATA;
		size = load_little_endian(in->data + *position, LEGACY_FIELD_SIZE);
		*position += LEGACY_FIELD_SIZE;
		if (size > in->size - *position)
			return -ENODATA;
		error = decode_block(output, in->data + *position, (size_t)size);
		if (error)
			return error;
		*position += (size_t)size;
	}
	return 0;
}

static int decode_all(LZ4F_dctx *context, struct growing_bytes *output,
		      const struct image_bytes *in)
{
	size_t position = 0;
	int error;

	do {
		if (stream_begins(in, position, LZ4_LEGACY_MAGIC, MAGIC_SIZE))
			error = decode_legacy(output, in, &position);
		else
			error = decode_frame(context, output, in, &position);
	} while (!error && (stream_begins(in, position, LZ4_LEGACY_MAGIC, MAGIC_SIZE) ||
			    stream_begins(in, position, LZ4_FRAME_MAGIC, MAGIC_SIZE)));
	return error;
}

int lz4_decompress(struct growing_bytes *output, const struct image_bytes *in)
{
	LZ4F_dctx *context;
	int error;

	if (LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)))
		return -ENOMEM;
	error = decode_all(context, output, in);
	LZ4F_freeDecompressionContext(context);
	return error;
}
#endif
