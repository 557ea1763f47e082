/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The files of a captured system, and those that the user names, by the numbers that inputs have
 * for them. seeds.py reads this list. New ones go to its end, so that old inputs keep their
 * meaning.
 */
#include "paths.h"

const char *const fuzz_paths[] = {
	FUZZ_KERNEL,
	FUZZ_INITRD,
	FUZZ_DTB,
	"/proc/iomem",
	"/proc/meminfo",
	"/proc/cmdline",
	"/proc/cpuinfo",
	"/proc/kcore",
	"/proc/zoneinfo",
	"/proc/kpageflags",
	"/proc/kallsyms",
	"/proc/consoles",
	"/proc/self/auxv",
	"/proc/self/status",
	"/proc/sys/kernel/osrelease",
	"/proc/sys/kernel/kexec_load_disabled",
	"/proc/sys/kernel/kexec_load_limit_reboot",
	"/proc/sys/kernel/kexec_load_limit_panic",
	"/proc/sys/kernel/random/boot_id",
	"/sys/firmware/fdt",
	"/sys/firmware/acpi/tables/SPCR",
	"/sys/firmware/acpi/tables/FACP",
	"/sys/firmware/acpi/tables/SRAT",
	"/sys/firmware/acpi/tables/GTDT",
	"/sys/firmware/acpi/tables/RHCT",
	"/sys/class/tty/ttyAMA0/iomem_reg_shift",
	"/sys/class/tty/ttyAMA0/io_type",
	"/sys/class/tty/ttyAMA0/iomem_base",
	"/sys/class/tty/ttyAMA0/type",
	"/sys/class/tty/ttyS0/iomem_reg_shift",
	"/sys/class/tty/ttyS0/io_type",
	"/sys/class/tty/ttyS0/iomem_base",
	"/sys/class/tty/ttyS0/type",
	"/sys/class/watchdog/watchdog0/identity",
	"/sys/class/watchdog/watchdog0/state",
	"/sys/class/watchdog/watchdog0/timeout",
	"/sys/class/watchdog/watchdog0/nowayout",
	"/sys/kernel/kexec_loaded",
	"/sys/kernel/kexec_crash_loaded",
	"/sys/kernel/vmcoreinfo",
	"/sys/kernel/security/lockdown",
	"/sys/devices/system/cpu/cpu0/crash_notes",
	"/sys/devices/system/cpu/cpu0/crash_notes_size",
	"/sys/devices/system/cpu/cpu1/crash_notes",
	"/sys/devices/system/cpu/cpu1/crash_notes_size",
	"/sys/module/ramoops/parameters/mem_address",
	"/sys/module/ramoops/parameters/mem_size",
	"/sys/module/ramoops/parameters/record_size",
	"/sys/module/ramoops/parameters/console_size",
	"/run/kexec-mmu/loaded",
	"/sys/kernel/crash_elfcorehdr_size",
	"/sys/devices/system/cpu/possible",
	"/sys/devices/system/cpu/present",
	"/sys/devices/system/cpu/online",
	"/sys/module/ramoops/parameters/ecc",
	"/sys/module/ramoops/parameters/mem_type",
	"/proc/device-tree/chosen/compatible",
	NULL,
};

void fuzz_put_files(struct fuzz_files files)
{
	struct fuzz_file file;

	while (fuzz_next_file(&files, &file))
		if (file.name < sizeof(fuzz_paths) / sizeof(fuzz_paths[0]) - 1)
			fuzz_sysroot_put(fuzz_paths[file.name], file.data, file.size);
}

void fuzz_remove_files(struct fuzz_files files)
{
	struct fuzz_file file;

	while (fuzz_next_file(&files, &file))
		if (file.name < sizeof(fuzz_paths) / sizeof(fuzz_paths[0]) - 1)
			fuzz_sysroot_remove(fuzz_paths[file.name]);
}
