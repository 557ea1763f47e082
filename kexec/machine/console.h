/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The console that purgatory writes to.
 */
#ifndef MACHINE_CONSOLE_H
#define MACHINE_CONSOLE_H

#include <stdint.h>

#include "arch/arch.h"
#include "base/log.h"
#include "base/range.h"
#include "base/sysroot.h"
#include "devicetree/devicetree.h"
#include "purgatory.h"

struct console {
	enum purgatory_console type;
	uint64_t address;	 /* physical, of the UART's registers */
	uint32_t register_shift; /* distance of two registers as a shift (8250) */
	uint32_t register_width; /* of an access, bytes: 1 or 4 */
};

/* The pages that purgatory maps for it, as all pages of its tables: 4 KiB. */
#define CONSOLE_PAGE_SIZE 4096

/* Bytes from the console's address on that purgatory reads or writes; 0: it has no registers. */
uint64_t console_registers(const struct console *console);

/*
 * The whole pages with the registers of a console that has some. Returns 0, or -EOVERFLOW where
 * they end beyond the address space.
 */
int console_pages(const struct console *console, struct range *pages);

/*
 * Choose the console:
 *  - @serial, the argument of --serial ("ttyAMA0", "ttyS0", "none"): the UART that
 *    /sys/class/tty/NAME describes; an unusable one is an error;
 *  - else what the architecture always has (riscv64: SBI);
 *  - else the UART of the device tree's stdout-path, if its clock cannot be gated: only
 *    fixed-clock parents, or none at all. Linux gates the clock of an enabled console between
 *    writes, and touching it then can hang a good boot;
 *  - else the UART that ACPI's SPCR names;
 *  - else none, which is no error but worth a warning.
 * @tree may have no fdt. Returns 0, or -errno with a message.
 */
int console_find(struct console *console, const struct arch *arch, const struct devicetree *tree,
		 const struct sysroot *sysroot, const char *serial, const struct log *log);

#endif
