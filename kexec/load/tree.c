/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Chooses the device tree from which the next kernel's is made, and checks that it is for this
 * machine. A tree for another board may not only fail to boot, but switches on the wrong regulators
 * and clocks.
 */
#include <errno.h>
#include <libfdt.h>
#include <stdbool.h>

#include "devicetree/fdt_query.h"
#include "load/phases.h"
#include "plan/fdt_prepare.h"

/*
 * True if the running kernel was booted with ACPI: then its tree is the one that the EFI stub
 * makes, with /chosen and nothing that names a board (drivers/firmware/efi/libstub/fdt.c). The
 * kernel makes the same test: dt_is_stub() of arch/arm64/kernel/acpi.c.
 */
static bool runs_with_acpi(const struct machine *machine)
{
	const void *fdt = machine->devicetree.fdt;
	int chosen;

	if (!fdt || machine->board.strings)
		return false;
	chosen = fdt_path_offset(fdt, "/chosen");
	return chosen >= 0 && fdt_getprop(fdt, chosen, "linux,uefi-system-table", NULL);
}

/*
 * Drop the tree in the kernel's file on a machine with ACPI. Such files are for machines with and
 * without ACPI, and their tree is for those without. But the kernel prefers any tree that has more
 * than /chosen to ACPI's tables.
 */
int tree_drop_brought(struct load_input *input, const struct load_context *context)
{
	const struct options *options = context->request;

	if (!input->image.devicetree.data || options->dtb || options->any_board ||
	    !runs_with_acpi(&input->machine))
		return 0;
	log_warning(context->log,
		    "%s: its device tree is not handed on, because this system was booted with "
		    "ACPI and without one; --any-board hands it on",
		    options->kernel);
	input->image.devicetree = (struct image_bytes){.data = NULL};
	return 0;
}

#define NAME_OR_HAND_ON                                                                           \
	"name the right one with --dtb (--dtb=/sys/firmware/fdt is the running one), or hand it " \
	"on all the same with --any-board"

/*
 * Check that the tree in the kernel's file is for this machine. A NULL name: the tree names no
 * board.
 */
static int check_brought_tree(const struct load_input *input, const struct load_context *context,
			      const char *names)
{
	char board[COMPATIBLE_TEXT_SIZE];

	compatible_format(board, &input->machine.board);
	if (!input->machine.board.strings)
		return log_error(context->log, -EINVAL,
				 "%s: nobody knows whether its device tree, %s%s, is for this "
				 "machine, because this system has no tree that names a board: "
				 "hand it on with --any-board, or name another with --dtb",
				 input->tree.source, names ? "for the board " : "which names none",
				 names ? names : "");
	if (!names)
		return log_error(context->log, -EINVAL,
				 "%s: its device tree names no board, and nobody knows whether it "
				 "is for this one (%s): " NAME_OR_HAND_ON,
				 input->tree.source, board);
	return log_error(context->log, -EINVAL,
			 "%s: its device tree is for another board (%s) than this one "
			 "(%s): " NAME_OR_HAND_ON,
			 input->tree.source, names, board);
}

/* Only warn of --dtb, because the user may know better. NULL names: the tree has none. */
static void warn_of_given_tree(const struct load_input *input, const struct load_context *context,
			       const char *names)
{
	char board[COMPATIBLE_TEXT_SIZE];

	compatible_format(board, &input->machine.board);
	if (!input->machine.board.strings)
		log_warning(context->log,
			    "nobody knows whether --dtb=%s, %s%s, is for this machine, because "
			    "this system has no tree that names a board; --any-board says that "
			    "this is meant",
			    input->tree.source, names ? "for the board " : "which names none",
			    names ? names : "");
	else if (names)
		log_warning(context->log,
			    "--dtb=%s is for another board (%s) than this one (%s); --any-board "
			    "says that this is meant",
			    input->tree.source, names, board);
	else
		log_warning(context->log,
			    "--dtb=%s names no board, and nobody knows whether it is for this one "
			    "(%s); --any-board says that this is meant",
			    input->tree.source, board);
}

/*
 * Warn of boards that have only the SoC in common, because they differ in what the SoC is wired to.
 */
static void warn_of_soc_alone(const struct load_input *input, const struct load_context *context,
			      const char *names)
{
	char board[COMPATIBLE_TEXT_SIZE];

	compatible_format(board, &input->machine.board);
	log_warning(context->log,
		    "%s%s: the device tree is for a board (%s) that has only its SoC in common "
		    "with this one (%s); --any-board says that this is meant",
		    input->tree.origin == TREE_OPTION ? "--dtb=" : "", input->tree.source, names,
		    board);
}

/* Compare the tree with the machine's own. */
static int check_board(const struct load_input *input, const struct load_context *context)
{
	const struct load_tree *tree = &input->tree;
	const struct compatible *board = &input->machine.board;
	const struct compatible compatible = compatible_read(tree->devicetree->fdt, 0);
	const bool is_soc_alone = compatible_is_soc_alone(board, &compatible);
	char text[COMPATIBLE_TEXT_SIZE];
	const char *names = compatible.strings ? text : NULL;

	if (context->request->any_board ||
	    (compatible_match(board, &compatible) >= 0 && !is_soc_alone))
		return 0;
	compatible_format(text, &compatible);
	if (is_soc_alone) {
		warn_of_soc_alone(input, context, text);
		return 0;
	}
	if (tree->origin == TREE_IMAGE)
		return check_brought_tree(input, context, names);
	warn_of_given_tree(input, context, names);
	return 0;
}

/*
 * Choose the tree that the user names, else the one in the kernel's file, else the running
 * kernel's.
 */
int tree_choose(struct load_input *input, const struct load_context *context)
{
	const struct options *options = context->request;
	const struct image_bytes *brought = &input->image.devicetree;
	struct load_tree *tree = &input->tree;
	int error;

	tree->devicetree = &tree->read;
	if (options->dtb) {
		tree->origin = TREE_OPTION;
		tree->source = options->dtb;
		error = devicetree_read_file(&tree->read, options->dtb, context->log);
		return error ? error : check_board(input, context);
	}
	if (brought->data) {
		tree->origin = TREE_IMAGE;
		tree->source = options->kernel;
		log_debug(context->log, "device tree: the one in %s, %zu bytes", options->kernel,
			  brought->size);
		error = devicetree_copy(&tree->read, brought->data, brought->size, options->kernel,
					context->log);
		return error ? error : check_board(input, context);
	}
	tree->origin = TREE_RUNNING;
	tree->devicetree = &input->machine.devicetree;
	tree->source = tree->devicetree->flattened ? "/proc/device-tree" : "/sys/firmware/fdt";
	if (tree->devicetree->fdt)
		return 0;
	return log_error(context->log, -ENOENT,
			 "this system has no device tree (/sys/firmware/fdt, "
			 "/proc/device-tree): name one with --dtb");
}

/*
 * Remove what no longer holds from the tree, and fill in what it lacks. Another tree does not have
 * the memory reservations that firmware made in its own, but /proc/iomem shows some of them.
 */
int tree_prepare(struct load_input *input, const struct load_context *context)
{
	struct load_tree *tree = &input->tree;
	struct range_set firmware = {0};
	const struct fdt_prepare request = {
		.source = tree->source,
		.running = &input->machine.devicetree,
		.reservations = &firmware,
	};
	int error = 0;

	if (tree->devicetree->flattened && !fdt_query_efi(tree->devicetree->fdt))
		error = memory_map_add_firmware_reserved(&firmware, &input->machine.memory);
	if (error)
		log_error(context->log, error, "no memory for the memory map");
	else
		error = fdt_prepare_for_next(&tree->prepared, tree->devicetree, &request,
					     context->log);
	range_set_free(&firmware);
	tree->devicetree = &tree->prepared;
	return error;
}

const char *tree_next_command_line(const struct load_input *input)
{
	return input->command_line
		       ? input->command_line
		       : fdt_query_string(input->tree.devicetree->fdt, "/chosen", "bootargs");
}
