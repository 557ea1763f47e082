/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The Image format: a header of 64 bytes, and then the kernel as it lies in memory. The file does
 * not have the zeros at its end (.bss).
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "image/appended_tree.h"
#include "image/linux_image.h"
#include "image/pe.h"

/* Offsets in the header, all values little-endian. */
#define HEADER_TEXT_OFFSET 8  /* 64 bits */
#define HEADER_IMAGE_SIZE  16 /* 64 bits */
#define HEADER_FLAGS	   24 /* 64 bits */
#define HEADER_MAGIC	   56 /* 32 bits; riscv64 calls it magic2 */

#define FLAG_BIG_ENDIAN UINT64_C(1)

static uint32_t read_le32(const uint8_t *data)
{
	return (uint32_t)load_little_endian(data, 4);
}

static uint64_t read_le64(const uint8_t *data)
{
	return load_little_endian(data, 8);
}

const struct arch *linux_image_find_header(const uint8_t *data, size_t size)
{
	if (size < HEADER_MAGIC + sizeof(uint32_t))
		return NULL;
	for (const struct arch *const *arch = arch_all; *arch; arch++)
		if (read_le32(data + HEADER_MAGIC) == (*arch)->image_magic)
			return *arch;
	return NULL;
}

/*
 * The version number in riscv64's header is not read, because the magic number that is read here
 * exists from version 0.2 on, which is the newest.
 */
int linux_image_read_header(struct linux_header *header, const uint8_t *data,
			    const struct image_request *request)
{
	const struct arch *arch = request->arch;
	const struct log *log = request->log;
	const char *path = request->path;

	const uint64_t flags = read_le64(data + HEADER_FLAGS);

	*header = (struct linux_header){
		.image_size = read_le64(data + HEADER_IMAGE_SIZE),
		.anywhere = flags & arch->image_flag_anywhere,
	};
	if (flags & FLAG_BIG_ENDIAN)
		return log_error(log, -ENOEXEC,
				 "%s: is a big-endian kernel for %s; only little-endian ones are"
				 " supported",
				 path, arch->name);
	/* arm64 before 3.17: neither the size nor the byte order of text_offset is known. */
	if (header->image_size == 0)
		return log_error(log, -ENOEXEC,
				 "%s: its header has no image_size (arm64 before Linux 3.17);"
				 " use a later kernel",
				 path);
	if (header->image_size > IMAGE_MEMORY_MAX)
		return log_error(log, -ENOEXEC,
				 "%s: its header is damaged (image_size 0x%" PRIx64
				 "); get the file again",
				 path, header->image_size);
	if (!arch->image_text_offset)
		return 0;
	header->text_offset = read_le64(data + HEADER_TEXT_OFFSET);
	if (header->text_offset >= arch->kernel_alignment)
		return log_error(log, -ENOEXEC,
				 "%s: its header is damaged (text_offset 0x%" PRIx64
				 " is not below 0x%" PRIx64 "); get the file again",
				 path, header->text_offset, arch->kernel_alignment);
	return 0;
}

/*
 * The size that the file must have at least, as far as its headers tell. image_size does not tell
 * it, because it includes .bss. But a kernel with an EFI stub is a PE file too, whose section table
 * tells where everything ends.
 */
static uint64_t find_minimal_size(const struct image_bytes *file)
{
	const uint64_t pe = pe_minimal_size(file);

	return pe > LINUX_HEADER_SIZE ? pe : LINUX_HEADER_SIZE;
}

int linux_image_probe(const struct image_bytes *bytes)
{
	return linux_image_find_header(bytes->data, bytes->size) ? 0 : -ENOEXEC;
}

/* Check that the file is an Image for the wanted architecture, and whole. */
static int check_file(const struct image_bytes *file, const struct image_request *request)
{
	const struct arch *found = linux_image_find_header(file->data, file->size);
	const uint64_t minimal_size = find_minimal_size(file);

	/* It was an Image when it was probed. */
	if (!found)
		return log_error(request->log, -ENOEXEC,
				 "%s: is no Image any more: it changes while it is read; try again",
				 request->path);
	if (found != request->arch)
		return log_error(request->log, -ENOEXEC,
				 "%s: is an Image for %s, but a kernel for %s is needed here",
				 request->path, found->name, request->arch->name);
	if (file->size < minimal_size)
		return log_error(request->log, -ENOEXEC,
				 "%s: is truncated: it has %zu of at least %" PRIu64
				 " bytes; get the file again",
				 request->path, file->size, minimal_size);
	return 0;
}

int linux_image_load(struct image *image, const struct image_request *request)
{
	const struct image_bytes *file = &image->kernel;
	struct linux_header header;
	int error;

	error = check_file(file, request);
	if (error)
		return error;
	error = linux_image_read_header(&header, file->data, request);
	if (error)
		return error;
	appended_tree_report(file, request);
	image->memory_size = header.image_size > file->size ? header.image_size : file->size;
	image->text_offset = header.text_offset;
	image->anywhere = header.anywhere;
	image->entry = 0;
	image->parts[0] = (struct image_part){
		.data = file->data,
		.size = file->size,
		.memory_size = image->memory_size,
	};
	image->part_count = 1;
	return 0;
}
