/* SPDX-License-Identifier: GPL-2.0-only */
/* What only crash kernels need: their region, and the header of the dump. */
#include <errno.h>
#include <inttypes.h>

#include "load/state.h"
#include "machine/kexec_interface.h"

int load_find_crash_region(struct load *load)
{
	if (!load->options->crash)
		return 0;
	load->flags = KEXEC_ON_CRASH | (load->options->hotplug ? KEXEC_CRASH_HOTPLUG_SUPPORT : 0);
	load->crash_region = memory_map_crash_region(&load->machine.memory);
	if (load->crash_region)
		return 0;
	return log_error(load->log, -ENOSPC,
			 "no memory is kept for a crash kernel (no 'Crash kernel' in /proc/iomem): "
			 "boot with crashkernel=512M, or as much as its initrd needs");
}

/*
 * Kernel and initrd are nearly all that is loaded, so that the user learns at once what is needed,
 * and not only that some segment finds no hole. What the kernel then needs to run is up to it.
 */
int load_check_crash_size(struct load *load)
{
	uint64_t needed;

	if (!load->crash_region)
		return 0;
	if (__builtin_add_overflow(load->image.memory_size, load->initrd.size, &needed))
		needed = UINT64_MAX;
	if (needed <= range_size(*load->crash_region))
		return 0;
	return log_error(load->log, -ENOSPC,
			 "the crash kernel's region is too small: kernel and initrd alone need "
			 "%" PRIu64 " MiB (%" PRIu64 " + %" PRIu64 " bytes), and it has %" PRIu64
			 " MiB; boot with a larger crashkernel=, or use a smaller initrd",
			 ((needed - 1) >> 20) + 1, load->image.memory_size,
			 (uint64_t)load->initrd.size, range_size(*load->crash_region) >> 20);
}

int load_read_crash_info(struct load *load)
{
	if (!load->crash_region)
		return 0;
	if (!load->machine.linear_map.known)
		return log_error(load->log, -ENODATA,
				 "cannot find the running kernel's addresses in /proc/kcore, "
				 "without which a dump would be of no use: a crash kernel needs "
				 "CONFIG_PROC_KCORE, and leave to read it");
	return crash_info_read(&load->crash_info, &load->machine.sysroot, load->log);
}

/* With kexec_file_load(2) the kernel does it unasked, if it can at all. */
int load_check_hotplug(struct load *load)
{
	if (!load->options->hotplug)
		return 0;
	load->elfcorehdr_size_min = crash_info_elfcorehdr_size(&load->machine.sysroot);
	if (load->elfcorehdr_size_min)
		return 0;
	return log_error(load->log, -ENOTSUP,
			 "the running kernel does not keep the header of a dump up to date itself "
			 "(no %s): leave out --hotplug, and load again when CPUs or memory come or "
			 "go",
			 KEXEC_ELFCOREHDR_SIZE_FILE);
}

int load_make_elfcorehdr(struct load *load)
{
	const struct machine *machine = &load->machine;

	if (!load->crash_region)
		return 0;
	if (!machine->linear_map.image_known || !range_size(machine->memory.kernel))
		log_warning(load->log,
			    "the running kernel does not tell where it runs itself: gdb "
			    "will not read its symbols in a dump, makedumpfile and crash "
			    "will");
	return elfcorehdr_make(&load->elfcorehdr, load->arch, &load->crash_info,
			       &load->machine.memory, &load->machine.linear_map,
			       load->elfcorehdr_size_min, load->log);
}
