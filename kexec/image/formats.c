/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The probe table of kernel formats.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "image/formats.h"
#include "image/linux_image.h"

/* Enough for every name in the tables. */
#define NAME_LIST_SIZE 128

/*
 * Formats that are always EFI applications come before the one whose files may be EFI applications
 * too.
 */
const struct image_format image_formats[] = {
	{
		.names = {"vmlinux", "elf-riscv"},
		.help = "ELF file as the linker leaves it, stripped or not",
		.probe = vmlinux_probe,
		.load = vmlinux_load,
	},
	{
		.names = {"uki"},
		.help = "unified kernel image, with initrd and command line",
		.is_container = true,
		.probe = uki_probe,
		.load = uki_load,
	},
	{
		.names = {"zboot", "vmlinuz", "vmlinuz-riscv"},
		.help = "EFI application that expands an Image",
		.is_container = true,
		.probe = zboot_probe,
		.load = zboot_load,
	},
	{
		.names = {"Image", "image-riscv"},
		.help = "flat binary, also if it is an EFI application",
		.probe = linux_image_probe,
		.load = linux_image_load,
	},
	{
		.names = {"uImage"},
		.help = "kernel with U-Boot's older header",
		.is_container = true,
		.probe = uimage_probe,
		.load = uimage_load,
	},
	{
		.names = {"fit"},
		.help = "U-Boot's newer format, with initrd and device tree",
		.is_container = true,
		.probe = fit_probe,
		.load = fit_load,
	},
	{.names = {NULL}},
};

/* Files that users take for kernels, but that cannot be loaded here. */
struct foreign_format {
	const char *name; /* after "is" */
	const char *remedy;
	const char *magic;
	size_t magic_size;
	size_t magic_offset;
};

static const struct foreign_format foreign_formats[] = {
	{"a kernel for x86", "name one for this machine", "HdrS", 4, 0x202},
	{"an EFI application without a kernel in it", "name the kernel itself", "MZ", 2, 0},
	{"a cpio archive, as initrds are", "name it with --initrd, and a kernel", "070701", 6, 0},
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
	for (const struct image_format *format = image_formats; format->names[0]; format++)
		add_name(list, format->names[0]);
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
	for (const char *const *name = format->names; *name; name++)
		if (strcmp(*name, type) == 0)
			return true;
	return false;
}

int formats_find_wanted(const struct image_format **wanted, const struct image_request *request)
{
	char formats[NAME_LIST_SIZE];

	*wanted = NULL;
	if (!request->type)
		return 0;
	for (const struct image_format *format = image_formats; format->names[0]; format++)
		if (is_called(format, request->type))
			*wanted = format;
	if (*wanted)
		return 0;
	list_formats(formats);
	return log_error(request->log, -EINVAL, "unsupported type %s; the known types are: %s",
			 request->type, formats);
}

static const struct foreign_format *find_foreign(const struct image_bytes *bytes)
{
	for (const struct foreign_format *foreign = foreign_formats; foreign->name; foreign++)
		if (bytes->size >= foreign->magic_offset + foreign->magic_size &&
		    !memcmp(bytes->data + foreign->magic_offset, foreign->magic,
			    foreign->magic_size))
			return foreign;
	return NULL;
}

/* Say why the bytes are not a kernel. */
static void report_unknown(const struct image_bytes *bytes, const struct image_format *container,
			   const struct image_request *request)
{
	char formats[NAME_LIST_SIZE], compressions[NAME_LIST_SIZE];
	const struct foreign_format *foreign = find_foreign(bytes);

	if (container) {
		log_error(request->log, -ENOEXEC, "%s: is a %s file, but what it holds is %s",
			  request->path, container->names[0],
			  foreign ? foreign->name : "not a kernel of a known format");
		return;
	}
	if (foreign) {
		log_error(request->log, -ENOEXEC, "%s: is %s; %s", request->path, foreign->name,
			  foreign->remedy);
		return;
	}
	list_formats(formats);
	list_compressions(compressions);
	log_error(request->log, -ENOEXEC,
		  "%s: is not a kernel of a known format; tried %s, also compressed with %s",
		  request->path, formats, compressions);
}

const struct image_format *formats_detect(const struct image_bytes *bytes,
					  const struct image_format *wanted,
					  const struct image_format *container,
					  const struct image_request *request)
{
	const struct image_format *format = image_formats;

	if (wanted && wanted->probe(bytes) == 0)
		return wanted;
	while (format->names[0] && format->probe(bytes))
		format++;
	if (format->names[0] && !wanted)
		return format;
	if (format->names[0])
		log_error(request->log, -ENOEXEC,
			  "%s: is not of type %s but of type %s; leave out --type", request->path,
			  wanted->names[0], format->names[0]);
	else
		report_unknown(bytes, container, request);
	return NULL;
}
