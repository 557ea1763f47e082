/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The three places that name a UART: console_choice.c asks them in turn.
 */
#ifndef CONSOLE_CONSOLE_SOURCE_H
#define CONSOLE_CONSOLE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/log.h"
#include "base/sysroot.h"
#include "console/console_choice.h"
#include "devicetree/devicetree.h"

/* Why a UART is not used. */
enum console_reason {
	CONSOLE_USED,
	CONSOLE_UNNAMED, /* the source names no UART */
	CONSOLE_MISSING, /* the UART that it names does not exist */
	CONSOLE_OTHER_TYPE,
	CONSOLE_DISABLED,
	CONSOLE_CLOCK_GATED,
	CONSOLE_POWER_GATED,
	CONSOLE_NO_ADDRESS,
	CONSOLE_NOT_IN_MEMORY,
	CONSOLE_OUT_OF_REACH,
	CONSOLE_AMBIGUOUS_REGISTERS,
	CONSOLE_OLD_TABLE,
};

/* A UART that a source names, and whether it is used. */
struct console_port {
	struct console console; /* complete if it is used; the address is 0 if it is not known */
	enum console_reason reason;
	const char *source; /* "stdout-path", "SPCR" */
	char name[128];	    /* the node's path, or what names none; empty: it has none */
	char type[64];	    /* its first compatible string, "interface type 0x10"; empty: unknown */
	char pci_function[24]; /* "0000:00:01.0" if it is one of PCI; else empty */
};

/* More than console_describe() writes, bytes. */
#define CONSOLE_TEXT_SIZE CONSOLE_REASON_SIZE

/*
 * Say in one clause which UART the source names, and why it is not used:
 * "stdout-path /soc/serial@7e201000 (arm,pl011): its clock may be gated", "no SPCR".
 */
void console_describe(char text[CONSOLE_TEXT_SIZE], const struct console_port *port);

/* The text of a reason; "used" for CONSOLE_USED. */
const char *console_reason_text(enum console_reason reason);

/* True if purgatory can drive registers of this width, distance and alignment. */
bool console_is_reachable(const struct console *console);

/* The UART of the device tree's stdout-path. */
void console_from_devicetree(struct console_port *port, const struct devicetree *tree);

/* The UART of ACPI's SPCR. */
void console_from_spcr(struct console_port *port, const struct sysroot *sysroot);

/*
 * The UART that /sys/class/tty/@name describes. The user asked for this one: every failure is
 * -errno with a message.
 */
int console_from_tty(struct console *console, const struct sysroot *sysroot, const char *name,
		     const struct log *log);

/* Bytes, more than the name of a tty has. */
#define CONSOLE_TTY_NAME_SIZE 32

/* True if it is the name of a UART with registers in /sys/class/tty. */
bool console_tty_exists(const struct sysroot *sysroot, const char *name);

/* Fill @port from the port of that name. Returns the reason in it. */
enum console_reason console_read_tty(struct console_port *port, const struct sysroot *sysroot,
				     const char *name);

/* The UARTs of /sys/class/tty, in clauses of a message. */
struct console_ttys {
	char list[512];	  /* "ports: ttyAMA0 (console), ttyS0 (its clock may be off)"; "no ports" */
	char advice[160]; /* "load with --serial=ttyAMA0, ...": the best of them, or none */
};

/*
 * List the UARTs in the order of their names: which of them are consoles of the running kernel, so
 * that their clocks are on, or why --serial cannot name one. The best one to name is a console, and
 * among these the one with registers at @address, if that is not 0.
 */
void console_list_ttys(struct console_ttys *ttys, const struct sysroot *sysroot, uint64_t address);

#endif
