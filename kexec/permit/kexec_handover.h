/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kexec handover: memory that the running kernel preserves for the next one
 * (Documentation/core-api/kho/index.rst of Linux).
 */
#ifndef PERMIT_KEXEC_HANDOVER_H
#define PERMIT_KEXEC_HANDOVER_H

#include <stdbool.h>

#include "base/sysroot.h"

/*
 * True if handover is known to be on: by kho= on the running kernel's command line, because there
 * is /dev/liveupdate, which needs it, or because debugfs has a directory "kho", which kho_init() of
 * kernel/liveupdate/kexec_handover.c makes only then. The directory also shows that handover is on
 * by the kernel's configuration (CONFIG_KEXEC_HANDOVER_ENABLE_DEFAULT), unless the configuration or
 * the command line (debugfs=off) leaves debugfs out. Only kexec_file_load(2) passes on what was
 * preserved (kho_fill_kimage()), and never to a crash kernel.
 */
bool kexec_handover_is_on(const struct sysroot *sysroot);

#endif
