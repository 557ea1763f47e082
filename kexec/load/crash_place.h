/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finding out where kexec_file_load(2) has put a crash kernel.
 */
#ifndef LOAD_CRASH_PLACE_H
#define LOAD_CRASH_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/arch.h"
#include "base/sysroot.h"

/* How it is found out. */
struct crash_place {
	const struct arch *arch;
	const struct sysroot *sysroot;
	uint64_t pointer; /* of machine/crash_image.h; 0: unknown */
	int log;	  /* descriptor of the kernel's log; negative: not read */
};

/*
 * Begin before the call: choose the kernel's memory, or if that cannot be read, its log. Returns
 * true if the call needs KEXEC_FILE_DEBUG so that the log tells, which Linux has from 6.8 on.
 */
bool crash_place_open(struct crash_place *place, const struct arch *arch,
		      const struct sysroot *sysroot, uint32_t release);

/* The physical address at which the loaded crash kernel is entered; 0: nothing tells. */
uint64_t crash_place_find(const struct crash_place *place);

void crash_place_close(struct crash_place *place);

#endif
