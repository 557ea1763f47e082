/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The UARTs that purgatory can drive, as data: the registers that it uses, and the names of such a
 * UART.
 */
#ifndef CONSOLE_UART_TYPES_H
#define CONSOLE_UART_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "purgatory.h"

/* More than any type has, with the end. */
#define UART_COMPATIBLE_MAX 20
#define UART_PORTS_MAX	    24

/* What the place of a UART's registers depends on besides its type. */
struct uart_layout {
	uint32_t shift;	 /* distance of two registers as a shift: reg-shift */
	uint32_t width;	 /* bytes of an access: reg-io-width */
	bool big_endian; /* of 4 bytes */
};

/*
 * A type of UART. Offsets, bits and names are those of the kernel's driver that the table in
 * uart_types.c names.
 */
struct uart_type {
	const char *name; /* in messages */

	/* For a spaced type offsets are numbers of registers, and widths are not used. */
	struct purgatory_register registers[PURGATORY_REGISTER_COUNT];

	/* A layout says where its registers are (8250); this one where nothing else is said. */
	bool spaced;
	struct uart_layout layout;

	/* A layout's width is that of the access to the register for data (Samsung). */
	bool data_width_varies;

	bool big_endian; /* all of its registers, of 4 bytes */

	/* The driver has the clock of a console on only while it writes to it, or while somebody
	 * has the port open. */
	bool gates_console;

	/* Where the registers begin, bytes from the node's address on. What sysfs calls
	 * iomem_base may have it included. */
	uint32_t base;

	/* "compatible" strings of its nodes, ended by NULL. */
	const char *compatible[UART_COMPATIBLE_MAX];

	/*
	 * PORT_* of include/uapi/linux/serial_core.h, by which sysfs tells the type of a port,
	 * ended by PORT_UNKNOWN. A number that ports with other registers share is not listed.
	 */
	uint16_t ports[UART_PORTS_MAX];
};

/* All types, ended by one without a name. */
extern const struct uart_type uart_types[];

/* Two types that ACPI's tables name by a number. */
extern const struct uart_type *const uart_type_8250;
extern const struct uart_type *const uart_type_sbsa;

/*
 * One whose flag for busy can get stuck: Qualcomm's Erratum 44. Only the SPCR table tells it.
 */
extern const struct uart_type uart_type_sbsa_e44;

/* The type of that "compatible" string, or NULL. */
const struct uart_type *uart_type_find_compatible(const char *compatible);

/*
 * The type of a list of "compatible" strings, each with its NUL, @size bytes in all: of the first
 * string that names one, as Linux prefers drivers. NULL: there is none.
 */
const struct uart_type *uart_type_find_compatibles(const char *strings, size_t size);

/* The type of the port number PORT_*, or NULL. */
const struct uart_type *uart_type_find_port(uint64_t port);

struct console;

/*
 * Make @console a UART of this type, whose registers begin at @address, which is physical. @layout
 * is used if the type needs it. For a layout that makes no sense, console_is_reachable() refuses
 * the registers.
 */
void uart_type_describe(const struct uart_type *type, uint64_t address,
			const struct uart_layout *layout, struct console *console);

#endif
