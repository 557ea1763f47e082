/* SPDX-License-Identifier: GPL-2.0-only */
/* The steps for crash kernels: their region, and the header of the dump. */
#include <errno.h>
#include <inttypes.h>

#include "load/phases.h"
#include "machine/kexec_interface.h"

int crash_find_region(struct load_input *input, const struct load_context *context)
{
	if (!context->request->crash)
		return 0;
	input->flags =
		KEXEC_ON_CRASH | (context->request->hotplug ? KEXEC_CRASH_HOTPLUG_SUPPORT : 0);
	input->crash_region = memory_map_crash_region(&input->machine.memory);
	if (input->crash_region)
		return 0;
	return log_error(context->log, -ENOSPC,
			 "no memory is kept for a crash kernel (no 'Crash kernel' in /proc/iomem): "
			 "boot with crashkernel=512M, or as much as its initrd needs");
}

/*
 * Check that the region has room for kernel and initrd, which are nearly all of the load, so that
 * the user learns at once how much is needed, and not only that some segment finds no hole. How
 * much the kernel needs to run is not checked.
 */
int crash_check_size(const struct load_input *input, const struct load_context *context)
{
	uint64_t needed;

	if (!input->crash_region)
		return 0;
	if (__builtin_add_overflow(input->image.memory_size, input->initrd.size, &needed))
		needed = UINT64_MAX;
	if (needed <= range_size(*input->crash_region))
		return 0;
	return log_error(context->log, -ENOSPC,
			 "the crash kernel's region is too small: kernel and initrd alone need "
			 "%" PRIu64 " MiB (%" PRIu64 " + %" PRIu64 " bytes), and it has %" PRIu64
			 " MiB; boot with a larger crashkernel=, or use a smaller initrd",
			 ((needed - 1) >> 20) + 1, input->image.memory_size,
			 (uint64_t)input->initrd.size, range_size(*input->crash_region) >> 20);
}

int crash_read_info(struct load_input *input, const struct load_context *context)
{
	if (!input->crash_region)
		return 0;
	if (!input->machine.linear_map.known)
		return log_error(context->log, -ENODATA,
				 "cannot find the running kernel's addresses in /proc/kcore, "
				 "without which a dump would be of no use: a crash kernel needs "
				 "CONFIG_PROC_KCORE, and leave to read it");
	return crash_info_read(&input->crash_info, &input->machine.sysroot, context->log);
}

/*
 * With kexec_file_load(2) the kernel keeps the header up to date without being asked, if it can at
 * all.
 */
int crash_check_hotplug(struct load_input *input, const struct load_context *context)
{
	if (!context->request->hotplug)
		return 0;
	input->elfcorehdr_size_min = crash_info_elfcorehdr_size(&input->machine.sysroot);
	if (input->elfcorehdr_size_min)
		return 0;
	return log_error(context->log, -ENOTSUP,
			 "the running kernel does not keep the header of a dump up to date itself "
			 "(no %s): leave out --hotplug, and load again when CPUs or memory come or "
			 "go",
			 KEXEC_ELFCOREHDR_SIZE_FILE);
}

int crash_make_elfcorehdr(struct load_layout *layout, const struct load_input *input,
			  const struct load_context *context)
{
	const struct machine *machine = &input->machine;

	if (!input->crash_region)
		return 0;
	if (!machine->linear_map.image_known || !range_size(machine->memory.kernel))
		log_warning(context->log,
			    "the running kernel does not tell where it runs itself: gdb "
			    "will not read its symbols in a dump, makedumpfile and crash "
			    "will");
	return elfcorehdr_make(&layout->elfcorehdr, context->arch, &input->crash_info,
			       &input->machine.memory, &input->machine.linear_map,
			       input->elfcorehdr_size_min, context->log);
}
