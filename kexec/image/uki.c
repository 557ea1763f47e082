/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Unified kernel images.
 *
 * Sections before the first .profile belong to all profiles of the image. Those between it and the
 * next .profile belong to the first profile, which is the default, and take precedence there. If a
 * name has several sections, the first one counts; for .dtbauto it is the first one for this board.
 * systemd-stub does the same (src/boot/pe.c and stub.c there). It also chooses by .hwids if
 * firmware has no device tree. Then this system has none either, and the tree would not be handed
 * on.
 */
#include <errno.h>
#include <string.h>

#include "devicetree/devicetree.h"
#include "image/formats.h"
#include "image/pe.h"

#define PROFILE_SECTION ".profile"

/* The most bytes of a path: PATH_MAX of Linux, and more than paths of EFI have. */
#define PATH_SIZE_MAX 4096

/* Sections that are used here. */
enum section_use {
	USE_LINUX,
	USE_INITRD,
	USE_COMMAND_LINE,
	USE_DEVICETREE,
	USE_DEVICETREE_OF_BOARD,
	USE_KERNEL_PATH,
	USE_COUNT
};

static const char *const used_names[USE_COUNT] = {
	[USE_LINUX] = ".linux",
	[USE_INITRD] = ".initrd",
	[USE_COMMAND_LINE] = ".cmdline",
	[USE_DEVICETREE] = ".dtb",
	[USE_DEVICETREE_OF_BOARD] = ".dtbauto",
	[USE_KERNEL_PATH] = ".kernelp",
};

/*
 * Sections that mark a unified kernel image too, but are not used here: names, a boot splash, data
 * by which firmware chooses hardware and measures, microcode for x86.
 */
static const char *const ignored_names[] = {
	".efifw",   ".hwids",  ".osrel", ".pcrpkey", ".pcrsig",
	".profile", ".splash", ".ucode", ".uname",
};

/* The file while it is read. */
struct uki {
	const struct image_request *request;
	struct pe pe;
	struct image_bytes used[USE_COUNT];
	bool is_own[USE_COUNT]; /* it belongs to the default profile, not to all */
};

/* The use of a section, or USE_COUNT if it is not used. */
static enum section_use find_use(const struct pe_section *section)
{
	enum section_use use = 0;

	while (use < USE_COUNT && strcmp(section->name, used_names[use]) != 0)
		use++;
	return use;
}

static bool is_ignored(const struct pe_section *section)
{
	for (size_t i = 0; i < sizeof(ignored_names) / sizeof(ignored_names[0]); i++)
		if (strcmp(section->name, ignored_names[i]) == 0)
			return true;
	return false;
}

int uki_probe(const struct image_bytes *bytes)
{
	struct pe pe;

	if (pe_open(&pe, bytes))
		return -ENOEXEC;
	for (unsigned int i = 0; i < pe.section_count; i++) {
		const struct pe_section section = pe_section_read(&pe, i);

		if (find_use(&section) != USE_COUNT || is_ignored(&section))
			return 0;
	}
	return -ENOEXEC;
}

/* True if the device tree and the running one name the same board first. */
static bool is_of_board(const struct image_bytes *bytes, const struct image_request *request)
{
	struct compatible compatible;
	struct devicetree tree;
	bool is_same;

	if (request->has_devicetree || devicetree_try(&tree, bytes->data, bytes->size))
		return false;
	compatible = compatible_read(tree.fdt, 0);
	is_same = compatible_is_same(&request->board, &compatible);
	devicetree_free(&tree);
	return is_same;
}

/* Store where the section's bytes are. */
static int take_section(struct uki *uki, const struct pe_section *section, enum section_use use,
			bool is_own)
{
	const struct image_bytes *file = uki->pe.file;
	struct image_bytes bytes;

	if (uki->used[use].data && uki->is_own[use] == is_own)
		return 0;
	if (section->offset > file->size || section->size > file->size - section->offset)
		return log_error(uki->request->log, -ENOEXEC,
				 "%s: its section %s lies outside the file; it is truncated or "
				 "damaged",
				 uki->request->path, section->name);
	if (section->size == 0)
		return 0;
	bytes = (struct image_bytes){file->data + section->offset, section->size};
	if (use == USE_DEVICETREE_OF_BOARD && !is_of_board(&bytes, uki->request))
		return 0;
	uki->used[use] = bytes;
	uki->is_own[use] = is_own;
	return 0;
}

/* Find the sections that are used, those of the default profile. */
static int read_sections(struct uki *uki)
{
	const struct image_request *request = uki->request;
	unsigned int profiles = 0;
	int error = 0;

	for (unsigned int i = 0; i < uki->pe.section_count && !error; i++) {
		const struct pe_section section = pe_section_read(&uki->pe, i);
		const enum section_use use = find_use(&section);

		if (strcmp(section.name, PROFILE_SECTION) == 0 && ++profiles == 2) {
			log_debug(request->log, "%s: has several profiles; the first one is used",
				  request->path);
			break;
		}
		if (use != USE_COUNT)
			error = take_section(uki, &section, use, profiles > 0);
		else if (is_ignored(&section))
			log_debug(request->log, "%s: its section %s is of no use here",
				  request->path, section.name);
	}
	return error;
}

/* Check the machine first, because a kernel for another one may not even be of a known format. */
static int check_machine(const struct uki *uki)
{
	const struct image_request *request = uki->request;

	if (uki->pe.machine == request->arch->pe_machine)
		return 0;
	for (const struct arch *const *arch = arch_all; *arch; arch++)
		if ((*arch)->pe_machine == uki->pe.machine)
			return log_error(
				request->log, -ENOEXEC,
				"%s: is a unified kernel image for %s, but a kernel for %s "
				"is needed here",
				request->path, (*arch)->name, request->arch->name);
	return log_error(request->log, -ENOEXEC,
			 "%s: is a unified kernel image for another machine (PE machine 0x%x), but "
			 "a kernel for %s is needed here",
			 request->path, uki->pe.machine, request->arch->name);
}

static bool is_blank(uint8_t character)
{
	return character == '\0' || strchr(" \t\r\n", character);
}

/*
 * The text without the white space that tools leave around it. It ends at the first NUL, if there
 * is one.
 */
static struct image_bytes trim_text(struct image_bytes text)
{
	if (!text.data)
		return text;
	text.size = strnlen((const char *)text.data, text.size);
	while (text.size > 0 && is_blank(text.data[0])) {
		text.data++;
		text.size--;
	}
	while (text.size > 0 && is_blank(text.data[text.size - 1]))
		text.size--;
	return text;
}

/* True if the bytes are text that begins like a path of Linux or of EFI. */
static bool is_path(const struct image_bytes *text)
{
	if (text->size < 2 || text->size > PATH_SIZE_MAX || !strchr("/\\", text->data[0]))
		return false;
	for (size_t i = 0; i < text->size; i++)
		if (text->data[i] < ' ')
			return false;
	return true;
}

/*
 * Check that there is a kernel. A file that lanzaboote installs looks like a unified kernel image,
 * but instead of the kernel it has the kernel's path below the EFI system partition: in .linux, in
 * older versions in .kernelp (rust/tool/shared/src/pe.rs there).
 */
static int check_kernel(const struct uki *uki)
{
	const struct image_request *request = uki->request;
	struct image_bytes kernel = uki->used[USE_LINUX];
	struct image_bytes path;

	if (!kernel.data)
		kernel = uki->used[USE_KERNEL_PATH];
	path = trim_text(kernel);
	if (is_path(&path))
		return log_error(request->log, -ENOEXEC,
				 "%s: is a unified kernel image that holds the path of a kernel, "
				 "'%.*s' on the EFI system partition, and not the kernel (as "
				 "lanzaboote's do): name that file, and what else belongs to it "
				 "with --initrd and --append",
				 request->path, (int)path.size, (const char *)path.data);
	if (!uki->used[USE_LINUX].data)
		return log_error(request->log, -ENOEXEC,
				 "%s: is a unified kernel image without a kernel (no section "
				 ".linux; an addon?): name one that has it",
				 request->path);
	return 0;
}

/* A device tree that was chosen by the board has precedence over one for any board. */
static void bring_devicetree(struct image *image, const struct uki *uki)
{
	const struct image_bytes *of_board = &uki->used[USE_DEVICETREE_OF_BOARD];

	if (of_board->data)
		log_debug(uki->request->log,
			  "%s: its section .dtbauto of %zu bytes is for this board",
			  uki->request->path, of_board->size);
	image_bring(&image->devicetree, of_board->data ? *of_board : uki->used[USE_DEVICETREE]);
}

int uki_load(struct image *image, const struct image_request *request)
{
	const struct image_bytes file = image->kernel;
	struct uki uki = {.request = request};
	int error;

	error = pe_open(&uki.pe, &file);
	if (!error)
		error = check_machine(&uki);
	if (!error)
		error = read_sections(&uki);
	if (!error)
		error = check_kernel(&uki);
	if (error)
		return error;
	if (uki.pe.is_signed)
		log_debug(request->log, "%s: is signed; the signature is not checked here",
			  request->path);
	image->kernel = uki.used[USE_LINUX];
	image_bring(&image->initrd, uki.used[USE_INITRD]);
	bring_devicetree(image, &uki);
	image_bring(&image->command_line, trim_text(uki.used[USE_COMMAND_LINE]));
	return 0;
}
