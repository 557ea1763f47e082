/* SPDX-License-Identifier: GPL-2.0-only */
/* EFI zboot images. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "image/formats.h"
#include "image/pe.h"

/* Offsets in the header, all values little-endian. */
#define HEADER_TYPE	       4
#define HEADER_PAYLOAD_OFFSET  8  /* 32 bits */
#define HEADER_PAYLOAD_SIZE    12 /* 32 bits */
#define HEADER_COMPRESSION     24 /* text with a NUL behind it */
#define HEADER_COMPRESSION_MAX 32 /* bytes */
#define HEADER_SIZE	       64

#define DOS_MAGIC "MZ"
#define TYPE	  "zimg"

/* The names of compressors in the kernel's build, if they differ from ours (Makefile.zboot). */
static const struct build_name {
	const char *name;
	const char *compression;
} build_names[] = {
	{"xzkern", "xz"},
	{"zstd22", "zstd"},
	{NULL, NULL},
};

int zboot_probe(const struct image_bytes *bytes)
{
	return bytes->size >= HEADER_SIZE && memcmp(bytes->data, DOS_MAGIC, 2) == 0 &&
			       memcmp(bytes->data + HEADER_TYPE, TYPE, 4) == 0
		       ? 0
		       : -ENOEXEC;
}

/* The compression of the payload; NULL with a message. */
static const struct compression *find_compression(const struct image_bytes *file,
						  const struct image_request *request)
{
	char text[HEADER_COMPRESSION_MAX + 1] = "";
	const struct compression *compression;
	const char *name = text;

	memcpy(text, file->data + HEADER_COMPRESSION, HEADER_COMPRESSION_MAX);
	for (const struct build_name *known = build_names; known->name; known++)
		if (strcmp(text, known->name) == 0)
			name = known->compression;
	compression = decompress_find_name(name);
	if (!compression)
		log_error(request->log, -ENOTSUP,
			  "%s: is an EFI zboot image compressed with '%s', which is not known here;"
			  " use the Image that it was made from",
			  request->path, text);
	return compression;
}

int zboot_load(struct image *image, const struct image_request *request)
{
	const struct image_bytes file = image->kernel;
	const uint64_t offset = load_little_endian(file.data + HEADER_PAYLOAD_OFFSET, 4);
	const uint64_t size = load_little_endian(file.data + HEADER_PAYLOAD_SIZE, 4);
	const struct compression *compression = find_compression(&file, request);
	struct pe pe;

	if (!compression)
		return -ENOTSUP;
	if (offset < HEADER_SIZE || size == 0 || offset + size > file.size)
		return log_error(request->log, -ENOEXEC,
				 "%s: its zboot header claims a payload of %" PRIu64
				 " bytes at %" PRIu64 ", but it has %zu bytes; it is truncated or "
				 "damaged",
				 request->path, size, offset, file.size);
	if (pe_open(&pe, &file) == 0 && pe.is_signed)
		log_debug(request->log, "%s: is signed; the signature is not checked here",
			  request->path);
	image->kernel = (struct image_bytes){file.data + offset, (size_t)size};
	return image_decompress(image, &image->kernel, compression, request);
}
