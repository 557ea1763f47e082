/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The console that purgatory writes to.
 */
#ifndef CONSOLE_CONSOLE_CHOICE_H
#define CONSOLE_CONSOLE_CHOICE_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/arch.h"
#include "base/log.h"
#include "base/range.h"
#include "base/sysroot.h"
#include "devicetree/devicetree.h"
#include "purgatory.h"

struct uart_type;

#define CONSOLE_REASON_SIZE 320

/* What purgatory is told about its console; include/purgatory.h describes the fields. */
struct console {
	enum purgatory_console type;
	char reason[CONSOLE_REASON_SIZE]; /* why this one, or why none: a clause */

	/* For a UART alone: */
	const struct uart_type *uart; /* its row in uart_types.c */
	uint64_t address;	      /* physical, of its registers */
	uint32_t data_shift;
	struct purgatory_register registers[PURGATORY_REGISTER_COUNT];
};

/* Its name for messages: "SBI", "PL011"; "none". */
const char *console_name(const struct console *console);

/*
 * True if purgatory uses that register of a UART: it reads those that have a mask, may write them
 * to switch the UART on, and writes the one for data.
 */
bool console_uses(const struct console *console, enum purgatory_register_use use);

/* The size of the pages that purgatory maps for it, like all pages of its tables: 4 KiB. */
#define CONSOLE_PAGE_SIZE 4096

/*
 * The bytes from the console's address on that contain all registers that purgatory uses; 0: it has
 * none.
 */
uint64_t console_registers(const struct console *console);

/*
 * The whole pages with the registers of a console that has some. Returns 0, or -EOVERFLOW if they
 * end beyond the address space.
 */
int console_pages(const struct console *console, struct range *pages);

/*
 * Choose the console:
 *  - @serial, the argument of --serial ("ttyAMA0", "ttyS0", "none"): the UART that
 *    /sys/class/tty/NAME describes, or its node of the device tree; an unusable one is an error;
 *  - else the console that the architecture always has (riscv64: SBI);
 *  - else the UART of the device tree's stdout-path, if its clock cannot be gated: only
 *    fixed-clock parents, or none at all. Linux gates the clock of an enabled console between
 *    writes, and touching it then can hang a good boot;
 *  - else the UART that ACPI's SPCR names;
 *  - else none, which is no error, but there is a warning.
 * In a Realm (Arm CCA) there is none, and asking for one is an error. @tree may have no fdt.
 * Returns 0, or -errno with a message.
 */
int console_find(struct console *console, const struct arch *arch, const struct devicetree *tree,
		 const struct sysroot *sysroot, const char *serial, const struct log *log);

#endif
