/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loading the next kernel. The order of all steps stands in the tables at the end of this file, one
 * for each of the two system calls: what to boot, what runs here, where things go, and only then
 * the call.
 */
#include "load/load.h"

#include <stdlib.h>

#include "load/state.h"

static void load_free(struct load *load)
{
	/* It may still read what is freed below. */
	chunk_hash_close(load->hash);
	tables_free(&load->tables);
	free(load->manifest);
	if (load->purgatory)
		elf_rel_close(load->purgatory);
	devicetree_free(&load->dtb);
	devicetree_free(&load->tree.read);
	devicetree_free(&load->tree.prepared);
	next_memory_free(&load->next_memory);
	elfcorehdr_free(&load->elfcorehdr);
	crash_info_free(&load->crash_info);
	if (load->plan.memory.page_check)
		page_check_free(load->plan.memory.page_check);
	plan_free(&load->plan);
	free(load->command_line);
	file_bytes_free(&load->initrd_file);
	image_close(&load->image);
	machine_free(&load->machine);
}

/* One step of a load. */
typedef int (*load_step)(struct load *load);

/* Do the steps, which NULL ends, up to the first that fails. */
static int do_steps(struct load *load, const load_step *steps)
{
	int error = 0;

	while (*steps && !error)
		error = (*steps++)(load);
	return error;
}

int load(const struct options *options, const struct log *log)
{
	static const load_step choose[] = {
		load_choose_arch,
		load_choose_call,
		NULL,
	};
	static const load_step load_segments[] = {
		/* what to boot, and what runs here; the initrd is hashed while a kernel expands */
		load_start_hashing,
		load_read_machine,
		load_check_running_kernel,
		load_check_reset,
		load_choose_engine,
		load_read_initrd,
		load_read_image,
		load_drop_brought_tree,
		load_choose_initrd,
		load_read_command_line,
		load_choose_tree,
		load_prepare_tree,
		load_find_crash_region,
		load_check_crash_size,
		load_check_hotplug,
		load_read_crash_info,
		/* where everything goes */
		load_find_free_memory,
		load_open_page_check,
		load_read_page_allocator,
		load_reserve_kernel_and_initrd,
		load_add_kernel,
		load_add_initrd,
		load_make_elfcorehdr,
		load_place_elfcorehdr,
		load_place_dtb,
		load_place_purgatory,
		load_place_manifest,
		load_place_tables,
		load_order_segments,
		load_check_plan,
		load_check_initrd,
		/* what purgatory is to know and to verify */
		load_build_tables,
		load_patch_purgatory,
		load_seal_tables,
		load_seal_manifest,
		load_check_files,
		/* the system call, or --output */
		load_hand_over,
		NULL,
	};
	/* where the kernel has just refused that call: the other one, once */
	static const load_step load_files_instead[] = {
		load_check_file_format,
		load_inherit_command_line,
		load_check_files,
		load_hand_over_files,
		NULL,
	};
	static const load_step load_files[] = {
		/* what to boot, and what runs here */
		load_read_machine,
		load_check_running_kernel,
		load_read_initrd,
		load_read_image,
		load_drop_brought_tree,
		load_check_file_format,
		load_choose_initrd,
		load_read_command_line,
		load_inherit_command_line,
		load_find_crash_region,
		load_check_crash_size,
		load_check_hotplug,
		load_check_initrd,
		load_check_files,
		/* the system call: the kernel does the rest */
		load_hand_over_files,
		NULL,
	};
	static const load_step confirm[] = {
		load_confirm_files,
		NULL,
	};
	struct load load = {.options = options, .log = log};
	int error = do_steps(&load, choose);

	if (!error && load.call == KEXEC_CALL_LOAD) {
		error = do_steps(&load, load_segments);
		if (!error && load.call == KEXEC_CALL_FILE_LOAD)
			error = do_steps(&load, load_files_instead);
	} else if (!error) {
		error = do_steps(&load, load_files);
	}
	if (!error)
		error = do_steps(&load, confirm);
	load_free(&load);
	return error;
}
