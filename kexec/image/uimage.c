/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * uImage. The load address and the entry in the header are for U-Boot and not used here, because
 * the kernel itself knows where it can run.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <zlib.h>

#include "base/bytes.h"
#include "image/formats.h"

/* Offsets in the header, all values big-endian. */
#define HEADER_MAGIC	   0  /* 32 bits */
#define HEADER_CRC	   4  /* 32 bits, of the header with zero in this place */
#define HEADER_DATA_SIZE   12 /* 32 bits */
#define HEADER_DATA_CRC	   24 /* 32 bits */
#define HEADER_OS	   28 /* each has 8 bits, from here on */
#define HEADER_ARCH	   29
#define HEADER_TYPE	   30
#define HEADER_COMPRESSION 31
#define HEADER_SIZE	   64

#define MAGIC 0x27051956u

/* IH_OS_*, IH_TYPE_*, IH_COMP_* of U-Boot's include/image.h. */
#define OS_LINUX	   5
#define TYPE_KERNEL	   2
#define TYPE_MULTI	   4
#define TYPE_KERNEL_NOLOAD 14

static const char *const compression_names[] = {"none", "gzip", "bzip2", "lzma",
						"lzo",	"lz4",	"zstd"};

static int refuse(const struct image_request *request, int error, const char *reason)
{
	return log_error(request->log, error, "%s: is a uImage, %s", request->path, reason);
}

int uimage_probe(const struct image_bytes *bytes)
{
	return bytes->size >= 4 && load_big_endian(bytes->data + HEADER_MAGIC, 4) == MAGIC
		       ? 0
		       : -ENOEXEC;
}

static uint32_t header_crc(const uint8_t *header)
{
	uint8_t copy[HEADER_SIZE];

	memcpy(copy, header, sizeof(copy));
	memset(copy + HEADER_CRC, 0, 4);
	return (uint32_t)crc32_z(0, copy, sizeof(copy));
}

/* Check that header and data are undamaged. */
static int check_damage(const struct image_bytes *file, const struct image_request *request)
{
	const uint8_t *header = file->data;
	uint64_t size;

	if (file->size < HEADER_SIZE)
		return refuse(request, -ENOEXEC, "which ends inside its header; it is truncated");
	if (header_crc(header) != load_big_endian(header + HEADER_CRC, 4))
		return refuse(request, -EILSEQ,
			      "whose header does not match its CRC32; get the file again");
	size = load_big_endian(header + HEADER_DATA_SIZE, 4);
	if (size > file->size - HEADER_SIZE)
		return log_error(request->log, -ENOEXEC,
				 "%s: is a uImage of %" PRIu64
				 " bytes, but the file has %zu; it is "
				 "truncated",
				 request->path, size + HEADER_SIZE, file->size);
	if (crc32_z(0, file->data + HEADER_SIZE, (size_t)size) !=
	    load_big_endian(header + HEADER_DATA_CRC, 4))
		return refuse(request, -EILSEQ,
			      "whose data does not match its CRC32; get the file again");
	return 0;
}

static int check_architecture(const uint8_t *header, const struct image_request *request)
{
	if (header[HEADER_ARCH] == request->arch->uboot_number)
		return 0;
	for (const struct arch *const *arch = arch_all; *arch; arch++)
		if ((*arch)->uboot_number == header[HEADER_ARCH])
			return log_error(request->log, -ENOEXEC,
					 "%s: is a uImage for %s, but a kernel for %s is needed "
					 "here",
					 request->path, (*arch)->name, request->arch->name);
	return log_error(request->log, -ENOEXEC,
			 "%s: is a uImage for another machine (architecture %u), but a kernel for "
			 "%s is needed here",
			 request->path, header[HEADER_ARCH], request->arch->name);
}

/* Check that it holds a kernel that can be booted here. */
static int check_content(const uint8_t *header, const struct image_request *request)
{
	switch (header[HEADER_TYPE]) {
	case TYPE_KERNEL:
	case TYPE_KERNEL_NOLOAD:
		break;
	case TYPE_MULTI:
		return refuse(request, -ENOTSUP,
			      "of several files: take them out with dumpimage -p, and name kernel, "
			      "--initrd and --dtb");
	default:
		return log_error(request->log, -ENOEXEC,
				 "%s: is a uImage without a kernel (type %u); name one of type "
				 "kernel",
				 request->path, header[HEADER_TYPE]);
	}
	if (header[HEADER_OS] != OS_LINUX)
		return log_error(request->log, -ENOEXEC,
				 "%s: is a uImage of another operating system than Linux (%u)",
				 request->path, header[HEADER_OS]);
	return check_architecture(header, request);
}

int uimage_load(struct image *image, const struct image_request *request)
{
	const struct image_bytes file = image->kernel;
	const struct compression *compression;
	uint8_t number;
	int error;

	error = check_damage(&file, request);
	if (!error)
		error = check_content(file.data, request);
	if (error)
		return error;
	number = file.data[HEADER_COMPRESSION];
	if (number >= sizeof(compression_names) / sizeof(compression_names[0]))
		return log_error(request->log, -ENOTSUP,
				 "%s: is a uImage with an unknown compression (%u); use the Image "
				 "that it was made from",
				 request->path, number);
	compression = decompress_find_name(compression_names[number]);
	image->kernel = (struct image_bytes){
		file.data + HEADER_SIZE,
		(size_t)load_big_endian(file.data + HEADER_DATA_SIZE, 4),
	};
	return image_decompress(image, &image->kernel, compression, request);
}
