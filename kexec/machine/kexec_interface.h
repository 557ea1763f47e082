/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's interface to kexec: <linux/kexec.h> and <sys/syscall.h>, the constants that the
 * headers of older systems lack, and the files that tell about kexec.
 */
#ifndef MACHINE_KEXEC_INTERFACE_H
#define MACHINE_KEXEC_INTERFACE_H

#include <linux/kexec.h>
#include <sys/syscall.h>

/* C libraries for architectures without kexec have no number for it; the kernel has no call -1. */
#ifndef SYS_kexec_load
#define SYS_kexec_load (-1)
#endif
#ifndef SYS_kexec_file_load
#define SYS_kexec_file_load (-1)
#endif

/* Linux 6.8; Debian 12's headers are older. So they are for the constants below. */
#ifndef KEXEC_FILE_DEBUG
#define KEXEC_FILE_DEBUG 0x00000008
#endif
/* Linux 6.17 */
#ifndef KEXEC_FILE_NO_CMA
#define KEXEC_FILE_NO_CMA 0x00000010
#endif

/* Of kexec_load(2). Linux 6.10 */
#ifndef KEXEC_CRASH_HOTPLUG_SUPPORT
#define KEXEC_CRASH_HOTPLUG_SUPPORT 0x00000008
#endif

/*
 * 1 if a kernel is loaded, else 0. The first file exists if the kernel has kexec, the second if it
 * has crash kernels.
 */
#define KEXEC_LOADED_FILE	"/sys/kernel/kexec_loaded"
#define KEXEC_CRASH_LOADED_FILE "/sys/kernel/kexec_crash_loaded"

/* 1 if no load is permitted until the next reboot. */
#define KEXEC_LOAD_DISABLED_FILE "/proc/sys/kernel/kexec_load_disabled"

/* How many calls are left, the second for crash kernels; -1: any number (Linux 6.3). */
#define KEXEC_LOAD_LIMIT_REBOOT_FILE "/proc/sys/kernel/kexec_load_limit_reboot"
#define KEXEC_LOAD_LIMIT_PANIC_FILE  "/proc/sys/kernel/kexec_load_limit_panic"

/* Exists where the kernel keeps the header of a dump up to date itself (CONFIG_CRASH_HOTPLUG). */
#define KEXEC_ELFCOREHDR_SIZE_FILE "/sys/kernel/crash_elfcorehdr_size"

#endif
