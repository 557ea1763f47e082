/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The probe table of kernel formats, and the way from a file name to a kernel.
 */
#include <errno.h>
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

/* The format of the file, which must be @wanted unless that is NULL; NULL with a message. */
static const struct image_format *find_format(const struct file_bytes *file,
					      const struct image_format *wanted, const char *path,
					      const struct log *log)
{
	char formats[NAME_LIST_SIZE], compressions[NAME_LIST_SIZE];
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
	list_formats(formats);
	list_compressions(compressions);
	log_error(log, -ENOEXEC,
		  "%s: is not a kernel of a known format; tried %s, also compressed with %s", path,
		  formats, compressions);
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
	return error;
}

void image_close(struct image *image)
{
	file_bytes_free(&image->file);
	free(image->merged);
	*image = (struct image){0};
}
