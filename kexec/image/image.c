/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The probe table of kernel formats, and the way from a file name to a kernel.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "image/decompress.h"
#include "image/image.h"
#include "image/linux_image.h"
#include "image/vmlinux.h"

/* Enough for every name in the tables below. */
#define NAME_LIST_SIZE 128

const struct image_format image_formats[] = {
	{
		.name = "vmlinux",
		.alias = "elf-riscv",
		.help = "ELF file as the linker leaves it, stripped or not",
		.probe = vmlinux_probe,
		.load = vmlinux_load,
	},
	{
		.name = "Image",
		.alias = "image-riscv",
		.help = "flat binary, also where it is an EFI application",
		.probe = linux_image_probe,
		.load = linux_image_load,
	},
	{.name = NULL},
};

/* Append a word to a list of them: "vmlinux, Image". */
static void add_name(char list[NAME_LIST_SIZE], const char *name)
{
	size_t length = strlen(list);

	snprintf(list + length, NAME_LIST_SIZE - length, "%s%s", length ? ", " : "", name);
}

static void list_formats(char list[NAME_LIST_SIZE])
{
	list[0] = '\0';
	for (const struct image_format *format = image_formats; format->name; format++)
		add_name(list, format->name);
}

static void list_compressions(char list[NAME_LIST_SIZE])
{
	list[0] = '\0';
	for (const struct compression *compression = compression_all; compression->name;
	     compression++)
		add_name(list, compression->name);
}

static bool is_called(const struct image_format *format, const char *type)
{
	return strcmp(format->name, type) == 0 || (format->alias && !strcmp(format->alias, type));
}

/* The format that --type names; @wanted is NULL if the user left the choice to us. */
static int find_wanted(const struct image_format **wanted, const char *type, const struct log *log)
{
	char formats[NAME_LIST_SIZE];

	*wanted = NULL;
	if (!type)
		return 0;
	for (const struct image_format *format = image_formats; format->name; format++)
		if (is_called(format, type))
			*wanted = format;
	if (*wanted)
		return 0;
	list_formats(formats);
	return log_error(log, -EINVAL, "unsupported type %s; known are: %s", type, formats);
}

/* Files that boot somehow, but that nothing here reads yet. */
struct foreign_format {
	const char *name; /* after "is" */
	const char *remedy;
	const char *magic;
	size_t magic_size;
	size_t magic_offset;
};

#define IMAGE_REMEDY "use the Image or vmlinux that it was made from"

static const struct foreign_format foreign_formats[] = {
	{"an EFI zboot image", IMAGE_REMEDY, "zimg", 4, 4},
	{"a U-Boot uImage", IMAGE_REMEDY ", or take it out with dumpimage", "\x27\x05\x19\x56", 4,
	 0},
	{"a device tree or a FIT image", IMAGE_REMEDY, "\xd0\x0d\xfe\xed", 4, 0},
	{"compressed with lz4", "decompress it first (lz4 -d)", "\x02\x21\x4c\x18", 4, 0},
	{"compressed with lz4", "decompress it first (lz4 -d)", "\x04\x22\x4d\x18", 4, 0},
	{"compressed with bzip2", "decompress it first (bzip2 -d)", "BZh", 3, 0},
	{"compressed with lzma", "decompress it first (unlzma)", "\x5d\0\0", 3, 0},
	{.name = NULL},
};

static const struct foreign_format *find_foreign(const struct file_bytes *file)
{
	for (const struct foreign_format *foreign = foreign_formats; foreign->name; foreign++)
		if (file->size >= foreign->magic_offset + foreign->magic_size &&
		    !memcmp(file->data + foreign->magic_offset, foreign->magic,
			    foreign->magic_size))
			return foreign;
	return NULL;
}

/* Say why the file is not a kernel. */
static void report_unknown(const struct file_bytes *file, const char *path, const struct log *log)
{
	char formats[NAME_LIST_SIZE], compressions[NAME_LIST_SIZE];
	const struct foreign_format *foreign = find_foreign(file);

	if (foreign) {
		log_error(log, -ENOEXEC, "%s: is %s, which this kexec does not read yet: %s", path,
			  foreign->name, foreign->remedy);
		return;
	}
	list_formats(formats);
	list_compressions(compressions);
	log_error(log, -ENOEXEC,
		  "%s: is not a kernel of a known format; tried %s, also compressed with %s", path,
		  formats, compressions);
}

/* The format of the file, which must be @wanted unless that is NULL; NULL with a message. */
static const struct image_format *find_format(const struct file_bytes *file,
					      const struct image_format *wanted, const char *path,
					      const struct log *log)
{
	const struct image_format *format = image_formats;

	if (wanted && wanted->probe(file) == 0)
		return wanted;
	while (format->name && format->probe(file))
		format++;
	if (format->name && !wanted)
		return format;
	if (format->name) {
		log_error(log, -ENOEXEC, "%s: is not of type %s but of type %s; leave out --type",
			  path, wanted->name, format->name);
		return NULL;
	}
	report_unknown(file, path, log);
	return NULL;
}

/* What image_open() does, leaving the closing after a failure to it. */
static int open_image(struct image *image, const struct arch *arch, const char *path,
		      const char *type, uint64_t limit, const struct log *log)
{
	const struct image_format *format, *wanted;
	int error;

	error = find_wanted(&wanted, type, log);
	if (error)
		return error;
	error = file_bytes_map(&image->file, path, "kernel", log);
	if (error)
		return error;
	error = decompress_bytes(&image->file, path, limit, log);
	if (error)
		return error;
	format = find_format(&image->file, wanted, path, log);
	if (!format)
		return -ENOEXEC;
	image->format = format->name;
	image->kernel = (struct image_bytes){image->file.data, image->file.size};
	return format->load(image, arch, path, log);
}

int image_open(struct image *image, const struct arch *arch, const char *path, const char *type,
	       uint64_t limit, const struct log *log)
{
	int error;

	*image = (struct image){0};
	error = open_image(image, arch, path, type, limit, log);
	if (error)
		image_close(image);
	else
		log_debug(log, "kernel: %s, %s of %" PRIu64 " bytes, %" PRIu64 " in memory", path,
			  image->format, (uint64_t)image->file.size, image->memory_size);
	return error;
}

void image_close(struct image *image)
{
	file_bytes_free(&image->file);
	free(image->merged);
	*image = (struct image){0};
}
