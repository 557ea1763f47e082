/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the crash kernel lies: from the kernel's memory, else from its log. */
#include "load/crash_place.h"

#include <unistd.h>

#include "base/kernel_release.h"
#include "load/kernel_log.h"
#include "machine/crash_image.h"

/* image_load() of arch/arm64/kernel/kexec_image.c */
#define LOG_LABEL "Loaded kernel at 0x"

bool crash_place_open(struct crash_place *place, const struct arch *arch,
		      const struct sysroot *sysroot, uint32_t release)
{
	*place = (struct crash_place){.arch = arch, .sysroot = sysroot, .log = -1};
	place->pointer = crash_image_find(arch, sysroot);
	if (!place->pointer && release >= KERNEL_RELEASE(6, 8))
		place->log = kernel_log_open();
	return place->log >= 0;
}

uint64_t crash_place_find(const struct crash_place *place)
{
	if (place->pointer)
		return crash_image_read_start(place->pointer, place->arch, place->sysroot);
	return place->log < 0 ? 0 : kernel_log_find_number(place->log, LOG_LABEL);
}

void crash_place_close(struct crash_place *place)
{
	if (place->log >= 0)
		close(place->log);
	place->log = -1;
}
