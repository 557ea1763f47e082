/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks whether the next kernel can boot with its initrd, or without one. These checks only warn,
 * because nothing here tells what the kernel has built in, or whether it accepts an unusual initrd.
 * A file that changed meanwhile is an error, because what it holds now may never have been an
 * initrd.
 */
#include "image/initrd.h"

#include <string.h>

#include "image/initrd_kind.h"
#include "load/phases.h"
#include "machine/command_line.h"

/*
 * How values of root= begin that only an initrd understands. The kernel alone knows partitions,
 * device names and numbers (early_lookup_bdev() in block/early-lookup.c). It does not know symbolic
 * links of udev and of device mapper, labels and UUIDs of file systems, and the values of dracut,
 * initramfs-tools and systemd.
 */
static const char *const roots_of_initrds[] = {
	"UUID=", "LABEL=", "/dev/mapper/", "/dev/disk/", "ZFS=",     "zfs:",
	"live:", "block:", "iscsi:",	   "nbd:",	 "gpt-auto",
};

/* An initrd, or one of several. */
struct named_initrd {
	const char
		*place; /* "in " if @name is a file that contains more than the initrd, else "" */
	const char *name;
	struct image_bytes bytes;
};

/*
 * Warns of a root= that a kernel alone does not understand. For kexec_file_load(2) there is no tree
 * of ours.
 */
static void check_root(const struct load_input *input, const struct load_context *context)
{
	const char *line =
		input->tree.devicetree ? tree_next_command_line(input) : input->command_line;
	size_t length;
	const char *root = command_line_value(line, "root=", &length);

	for (size_t i = 0; root && i < sizeof(roots_of_initrds) / sizeof(roots_of_initrds[0]); i++)
		if (strncmp(root, roots_of_initrds[i], strlen(roots_of_initrds[i])) == 0) {
			log_warning(context->log,
				    "no initrd is loaded, and a kernel alone does not find "
				    "root=%.*s: it will panic unless it has an initramfs built in; "
				    "name an initrd with --initrd, or give --reuseinitrd",
				    (int)length, root);
			return;
		}
}

/* Checks that it is an initrd. */
static int check_kind(const struct named_initrd *initrd, const struct load_input *input,
		      const struct load_context *context)
{
	const struct foreign_initrd *foreign = initrd_kind_find_foreign(&initrd->bytes);
	const struct foreign_initrd *content =
		foreign ? NULL : initrd_kind_find_content(&initrd->bytes);
	int error;

	if (content)
		foreign = content;
	if (!foreign)
		return 0;
	error = recheck_files(input, context);
	if (!error)
		log_warning(context->log,
			    "initrd %s%s: is %s%s; the next kernel will ignore it, and panic if "
			    "it cannot do without: %s",
			    initrd->place, initrd->name, content ? "compressed, and in it is " : "",
			    foreign->name, foreign->remedy);
	return error;
}

/* Checks that it is a whole initrd. This is for an initrd that is the only one. */
static int check_alone(const struct named_initrd *initrd, const struct load_input *input,
		       const struct load_context *context)
{
	if (initrd->bytes.size >= INITRD_SIZE_MIN || initrd_kind_find_foreign(&initrd->bytes))
		return check_kind(initrd, input, context);
	log_warning(context->log,
		    "initrd %s%s: has only %zu bytes, too few for a program that the next kernel "
		    "could start: see if it was written whole",
		    initrd->place, initrd->name, initrd->bytes.size);
	return 0;
}

/* Checks each file that was named. If there are several, one of them may be small. */
static int check_files(const struct load_input *input, const struct load_context *context)
{
	const struct options *options = context->request;
	const struct file_bytes *file = &input->initrd_file;
	int error = 0;

	for (size_t i = 0; !error && i < options->initrd_count; i++) {
		const bool is_last = i + 1 == options->initrd_count;
		const size_t start = input->initrd_offsets[i];
		const size_t end = is_last ? file->size : input->initrd_offsets[i + 1];
		const struct named_initrd initrd = {
			"", options->initrds[i], {file->data + start, end - start}};

		error = options->initrd_count == 1 ? check_alone(&initrd, input, context)
						   : check_kind(&initrd, input, context);
	}
	return error;
}

int check_initrd(const struct load_input *input, const struct load_context *context)
{
	const struct named_initrd brought = {"in ", context->request->kernel, input->initrd};
	const struct named_initrd running = {"", INITRD_RUNNING_PATH, input->initrd};

	if (!input->initrd.size) {
		check_root(input, context);
		return 0;
	}
	if (input->initrd.data != input->initrd_file.data)
		return check_alone(&brought, input, context);
	if (context->request->reuse_initrd)
		return check_alone(&running, input, context);
	return check_files(input, context);
}
