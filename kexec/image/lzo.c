/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * LZO files of lzop(1). This file reads lzop's container; liblzo2 decompresses the blocks in it.
 * All numbers are big-endian. Without that library the table of compressions says so, and this file
 * is empty.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_LZO
#include <errno.h>
#include <lzo/lzo1x.h>
#include <zlib.h>

#include "base/bytes.h"
#include "image/compression_methods.h"
#include "image/growing_bytes.h"

/* Flags of a file. */
#define FLAG_ADLER32_EXPANDED	0x0001u
#define FLAG_ADLER32_COMPRESSED 0x0002u
#define FLAG_EXTRA_FIELD	0x0040u
#define FLAG_CRC32_EXPANDED	0x0100u
#define FLAG_CRC32_COMPRESSED	0x0200u
#define FLAG_FILTER		0x0800u
#define FLAG_CRC32_HEADER	0x1000u

/* From this version on the header has a level, two more versions and the time's upper half. */
#define VERSION_LONG_HEADER 0x0940u

/* LZO1X-1, -1(15) and -999 have the same decompressor. */
#define METHOD_FIRST 1u
#define METHOD_LAST  3u

/* The most bytes that a block expands to: lzop writes blocks of 256 KiB and accepts this much. */
#define BLOCK_MAX (64u << 20)
_Static_assert(BLOCK_MAX <= GROWING_BYTES_BLOCK_MAX, "room for a block is asked for at once");

/* The container while it is read, from @position on. */
struct reader {
	const struct image_bytes *in;
	size_t position;
	bool short_of_input; /* more was read than there is */
	uint32_t flags;
	struct growing_bytes *output;
};

/* The next number of 1 to 4 bytes; 0 once the input is used up. */
static uint32_t read_number(struct reader *reader, unsigned int width)
{
	uint32_t value;

	if (reader->in->size - reader->position < width) {
		reader->short_of_input = true;
		return 0;
	}
	value = (uint32_t)load_big_endian(reader->in->data + reader->position, width);
	reader->position += width;
	return value;
}

static void skip(struct reader *reader, size_t size)
{
	if (reader->in->size - reader->position < size)
		reader->short_of_input = true;
	else
		reader->position += size;
}

/* The checksum that a flag chooses. */
static uint32_t checksum(bool crc, const uint8_t *data, size_t size)
{
	return (uint32_t)(crc ? crc32_z(0, data, size) : adler32_z(1, data, size));
}

/* Read and check the end of the header: name, checksum, extra field. */
static int read_header_end(struct reader *reader, size_t start)
{
	uint32_t expected, actual;
	size_t end;

	skip(reader, read_number(reader, 1));
	end = reader->position;
	expected = read_number(reader, 4);
	if (reader->short_of_input)
		return -ENODATA;
	actual = checksum(reader->flags & FLAG_CRC32_HEADER, reader->in->data + start, end - start);
	if (expected != actual)
		return -EILSEQ;
	if (reader->flags & FLAG_EXTRA_FIELD) {
		skip(reader, read_number(reader, 4));
		skip(reader, 4); /* its checksum */
	}
	return reader->short_of_input ? -ENODATA : 0;
}

static int read_header(struct reader *reader)
{
	size_t start;
	uint32_t version, method;
	bool is_long;
	int error;

	skip(reader, sizeof(LZO_MAGIC) - 1);
	start = reader->position;
	version = read_number(reader, 2);
	is_long = version >= VERSION_LONG_HEADER;
	skip(reader, is_long ? 4 : 2); /* the library's version; the one needed */
	method = read_number(reader, 1);
	skip(reader, is_long ? 1 : 0); /* level */
	reader->flags = read_number(reader, 4);
	if (reader->flags & FLAG_FILTER)
		skip(reader, 4);
	skip(reader, is_long ? 12 : 8); /* mode and time */
	error = read_header_end(reader, start);
	if (error)
		return error;
	/* The checksum of the header is right, so these values are meant. */
	if (method < METHOD_FIRST || method > METHOD_LAST || (reader->flags & FLAG_FILTER))
		return -ENOTSUP;
	return 0;
}

/* The sizes and checksums that precede a block's data. */
struct block {
	uint32_t expanded_size, size;
	uint32_t adler_expanded, crc_expanded, adler, crc;
};

static int read_block(struct reader *reader, struct block *block)
{
	const uint32_t flags = reader->flags;

	*block = (struct block){.expanded_size = read_number(reader, 4)};
	if (reader->short_of_input)
		return -ENODATA;
	if (block->expanded_size == 0)
		return 0;
	block->size = read_number(reader, 4);
	if (flags & FLAG_ADLER32_EXPANDED)
		block->adler_expanded = read_number(reader, 4);
	if (flags & FLAG_CRC32_EXPANDED)
		block->crc_expanded = read_number(reader, 4);
	/* lzop stores a block that would not shrink as it is, with one checksum of each kind. */
	if (block->size < block->expanded_size) {
		if (flags & FLAG_ADLER32_COMPRESSED)
			block->adler = read_number(reader, 4);
		if (flags & FLAG_CRC32_COMPRESSED)
			block->crc = read_number(reader, 4);
	}
	if (reader->short_of_input)
		return -ENODATA;
	if (block->expanded_size > BLOCK_MAX || block->size > block->expanded_size ||
	    block->size == 0)
		return -EILSEQ;
	return reader->in->size - reader->position < block->size ? -ENODATA : 0;
}

/* Compare the checksums that the file has. */
static int check_block(const struct reader *reader, const struct block *block,
		       const uint8_t *expanded)
{
	const uint8_t *data = reader->in->data + reader->position;
	const uint32_t flags = reader->flags;
	const bool stored = block->size == block->expanded_size;

	if ((flags & FLAG_ADLER32_EXPANDED) &&
	    checksum(false, expanded, block->expanded_size) != block->adler_expanded)
		return -EILSEQ;
	if ((flags & FLAG_CRC32_EXPANDED) &&
	    checksum(true, expanded, block->expanded_size) != block->crc_expanded)
		return -EILSEQ;
	if (!stored && (flags & FLAG_ADLER32_COMPRESSED) &&
	    checksum(false, data, block->size) != block->adler)
		return -EILSEQ;
	if (!stored && (flags & FLAG_CRC32_COMPRESSED) &&
	    checksum(true, data, block->size) != block->crc)
		return -EILSEQ;
	return 0;
}

static int decode_block(struct reader *reader, const struct block *block)
{
	struct growing_bytes *output = reader->output;
	const uint8_t *data = reader->in->data + reader->position;
	lzo_uint expanded = block->expanded_size;
	int error;

	error = growing_bytes_reserve(output, block->expanded_size);
	if (error)
		return error;
	if (block->size == block->expanded_size)
		memcpy(output->data + output->size, data, block->size);
	else if (lzo1x_decompress_safe(data, block->size, output->data + output->size, &expanded,
				       NULL) != LZO_E_OK ||
		 expanded != block->expanded_size)
		return -EILSEQ;
	error = check_block(reader, block, output->data + output->size);
	if (error)
		return error;
	growing_bytes_advance(output, block->expanded_size);
	reader->position += block->size;
	return 0;
}

/* Decode one file: a header, and blocks up to one of no size. */
static int decode_file(struct reader *reader)
{
	struct block block;
	int error = read_header(reader);

	while (!error) {
		error = read_block(reader, &block);
		if (error || block.expanded_size == 0)
			return error;
		error = decode_block(reader, &block);
	}
	return error;
}

int lzo_decompress(struct growing_bytes *output, const struct image_bytes *in)
{
	struct reader reader = {.in = in, .output = output};
	int error;

	if (lzo_init() != LZO_E_OK)
		return -ENOTSUP;
	do {
		error = decode_file(&reader);
	} while (!error && stream_begins(in, reader.position, LZO_MAGIC, sizeof(LZO_MAGIC) - 1));
	return error;
}
#endif
