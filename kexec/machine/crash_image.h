/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the loaded crash kernel is entered, as the running kernel has it in its own memory. No
 * file tells that.
 */
#ifndef MACHINE_CRASH_IMAGE_H
#define MACHINE_CRASH_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/arch.h"
#include "base/sysroot.h"

/*
 * Find kexec_crash_image, a pointer, in /proc/kallsyms. Returns its virtual address; 0: the kernel
 * has no symbols of data (CONFIG_KALLSYMS_ALL), hides addresses (kernel.kptr_restrict), or its
 * memory cannot be read (/proc/kcore).
 */
uint64_t crash_image_find(const struct arch *arch, const struct sysroot *sysroot);

/*
 * Read where the loaded crash kernel is entered: the member "start" of what the pointer at @address
 * points to. Returns a physical address; 0: it cannot be read, or no crash kernel is loaded.
 */
uint64_t crash_image_read_start(uint64_t address, const struct arch *arch,
				const struct sysroot *sysroot);

#endif
