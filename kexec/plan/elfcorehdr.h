/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ELF core header of a crash kernel: the headers of a core file whose content is the memory of
 * the kernel that crashed, from which the crash kernel makes /proc/vmcore (fs/proc/vmcore.c).
 */
#ifndef PLAN_ELFCOREHDR_H
#define PLAN_ELFCOREHDR_H

#include <stddef.h>
#include <stdint.h>

#include "arch/arch.h"
#include "base/log.h"
#include "machine/crash_info.h"
#include "machine/linear_map.h"
#include "machine/memory_map.h"

struct elfcorehdr {
	void *data; /* owned */
	uint64_t size;
};

/*
 * Make the header like crash_prepare_elf64_headers() in kernel/crash_core.c for kexec_file_load: a
 * PT_NOTE for each CPU's notes and one for vmcoreinfo; a PT_LOAD for the kernel's image, at the
 * addresses at which it runs, if those are known; and one for each range of all RAM without the
 * crash regions, at its addresses in the linear map. Offsets and physical addresses are the same.
 *
 * @size_min is the size that the kernel needs for later changes (crash_info_elfcorehdr_size()), or
 * 0. The header is padded with zeros up to it. Returns 0, or -ENOMEM, -E2BIG (more ranges than an
 * ELF header counts), -ENOTSUP (not the size that the kernel allows) with a message.
 */
int elfcorehdr_make(struct elfcorehdr *header, const struct arch *arch,
		    const struct crash_info *info, const struct memory_map *map,
		    const struct linear_map *linear_map, uint64_t size_min, const struct log *log);

void elfcorehdr_free(struct elfcorehdr *header);

#endif
