/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The three places that name a UART: console.c asks them in turn.
 */
#ifndef MACHINE_CONSOLE_SOURCE_H
#define MACHINE_CONSOLE_SOURCE_H

#include <stdbool.h>

#include "base/log.h"
#include "machine/console.h"
#include "machine/devicetree.h"
#include "machine/sysroot.h"

/* True if purgatory can drive registers that lie so: their width, distance and alignment. */
bool console_is_reachable(const struct console *console);

/*
 * The UART of the device tree's stdout-path. Returns 0, or -ENODEV where there is none that may
 * be used; log_debug() tells why.
 */
int console_from_devicetree(struct console *console, const struct devicetree *tree,
			    const struct log *log);

/* The UART of ACPI's SPCR, likewise. */
int console_from_spcr(struct console *console, const struct sysroot *sysroot,
		      const struct log *log);

/*
 * The UART that /sys/class/tty/@name describes. The user asked for this one: every failure is
 * -errno with a message.
 */
int console_from_tty(struct console *console, const struct sysroot *sysroot, const char *name,
		     const struct log *log);

#endif
