/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The choice of purgatory's console.
 */
#include "console/console_choice.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console/console_source.h"
#include "console/uart_types.h"

const char *console_reason_text(enum console_reason reason)
{
	static const char *const texts[] = {
		[CONSOLE_USED] = "used",
		[CONSOLE_UNNAMED] = "no UART is named",
		[CONSOLE_MISSING] = "there is no such node",
		[CONSOLE_OTHER_TYPE] = "purgatory cannot drive such a UART",
		[CONSOLE_DISABLED] = "it is disabled",
		[CONSOLE_CLOCK_GATED] = "its clock may be gated",
		[CONSOLE_POWER_GATED] = "its power domain may be off",
		[CONSOLE_NO_ADDRESS] = "its registers have no physical address",
		[CONSOLE_NOT_IN_MEMORY] = "its registers are not in memory",
		[CONSOLE_OUT_OF_REACH] = "purgatory cannot reach its registers",
		[CONSOLE_AMBIGUOUS_REGISTERS] = "its register width and access size disagree",
		[CONSOLE_OLD_TABLE] = "the table is too old or too short",
	};

	return texts[reason];
}

void console_describe(char text[CONSOLE_TEXT_SIZE], const struct console_port *port)
{
	const bool has_type = port->type[0] != '\0';

	if (port->reason == CONSOLE_UNNAMED)
		snprintf(text, CONSOLE_TEXT_SIZE, "no %s", port->source);
	else
		snprintf(text, CONSOLE_TEXT_SIZE, "%s%s%s%s%s%s: %s", port->source,
			 port->name[0] ? " " : "", port->name, has_type ? " (" : "", port->type,
			 has_type ? ")" : "", console_reason_text(port->reason));
}

const char *console_name(const struct console *console)
{
	switch (console->type) {
	case PURGATORY_CONSOLE_SBI:
		return "SBI";
	case PURGATORY_CONSOLE_UART:
		return console->uart->name;
	default:
		return "none";
	}
}

bool console_uses(const struct console *console, enum purgatory_register_use use)
{
	return use == PURGATORY_REGISTER_DATA || console->registers[use].mask;
}

bool console_is_reachable(const struct console *console)
{
	for (int use = 0; use < PURGATORY_REGISTER_COUNT; use++) {
		const struct purgatory_register *reg = &console->registers[use];
		uint64_t address;

		if (!console_uses(console, use))
			continue;
		if (reg->width != 1 && reg->width != 2 && reg->width != 4)
			return false;
		if (__builtin_add_overflow(console->address, reg->offset, &address))
			return false;
		/* With the MMU off an unaligned access to a register is a fault. */
		if (address % reg->width)
			return false;
	}
	return console->address != 0;
}

uint64_t console_registers(const struct console *console)
{
	uint64_t size = 0;

	if (console->type != PURGATORY_CONSOLE_UART)
		return 0;
	for (int use = 0; use < PURGATORY_REGISTER_COUNT; use++) {
		const struct purgatory_register *reg = &console->registers[use];
		const uint64_t end = (uint64_t)reg->offset + reg->width;

		if (console_uses(console, use) && end > size)
			size = end;
	}
	return size;
}

int console_pages(const struct console *console, struct range *pages)
{
	int error = range_make(pages, console->address, console_registers(console));

	if (error)
		return error;
	pages->start = align_down(pages->start, CONSOLE_PAGE_SIZE);
	return align_up(&pages->end, pages->end, CONSOLE_PAGE_SIZE);
}

/* Warn that there is no console: name the UARTs that there are, and why none of them is used. */
static void warn_of_none(const struct console_port *tree, const struct console_port *table,
			 const struct sysroot *sysroot, const struct log *log)
{
	const uint64_t address =
		tree->console.address ? tree->console.address : table->console.address;
	char tree_text[CONSOLE_TEXT_SIZE], table_text[CONSOLE_TEXT_SIZE];
	struct console_ttys ttys;

	console_describe(tree_text, tree);
	console_describe(table_text, table);
	console_list_ttys(&ttys, sysroot, address);
	log_warning(log, "purgatory has no console and will print nothing (%s; %s; %s): %s",
		    tree_text, table_text, ttys.list, ttys.advice);
}

/* Take the port if it can be used. Log in any case what it is. */
static bool take_port(struct console *console, const struct console_port *port,
		      const struct log *log)
{
	char text[CONSOLE_TEXT_SIZE];

	console_describe(text, port);
	log_debug(log, "console: %s", text);
	if (port->reason != CONSOLE_USED)
		return false;
	*console = port->console;
	snprintf(console->reason, sizeof(console->reason), "%s", text);
	return true;
}

static void find_default(struct console *console, const struct arch *arch,
			 const struct devicetree *tree, const struct sysroot *sysroot,
			 const struct log *log)
{
	struct console_port named, table;

	if (arch->default_console != PURGATORY_CONSOLE_NONE) {
		console->type = arch->default_console;
		snprintf(console->reason, sizeof(console->reason),
			 "the firmware's, which every %s machine has", arch->name);
		return;
	}
	console_from_devicetree(&named, tree);
	if (take_port(console, &named, log))
		return;
	console_from_spcr(&table, sysroot);
	if (take_port(console, &table, log))
		return;
	warn_of_none(&named, &table, sysroot, log);
	snprintf(console->reason, sizeof(console->reason),
		 "neither the device tree nor ACPI names a UART that is safe to use");
}

/*
 * In a Realm (Arm CCA) the host's devices answer above the top bit of the intermediate physical
 * address alone (prot_ns_shared of arch/arm64/kernel/rsi.c, Linux 6.13 on). ioremap() adds that
 * bit, so that neither the device tree nor /proc/iomem has it, and only the Realm Management
 * Monitor tells how many bits there are, which no file of userspace has. An access without the bit
 * is an external abort. What userspace sees of a Realm is the platform device that rsi.c registers
 * for attestation.
 */
#define REALM_DEVICE "/sys/devices/platform/arm-cca-dev/modalias"

static bool is_realm(const struct sysroot *sysroot)
{
	size_t size;
	char *text;

	if (sysroot_read(sysroot, REALM_DEVICE, &text, &size))
		return false;
	free(text);
	return true;
}

/* There is no console in a Realm. Returns 0, or -EOPNOTSUPP with a message if one was asked for. */
static int refuse_realm(const char *serial, const struct log *log)
{
	if (serial && strcmp(serial, "none") != 0)
		return log_error(log, -EOPNOTSUPP,
				 "--serial=%s: this system is a Realm (Arm CCA), which does not "
				 "tell where purgatory would find the port: use --serial=none",
				 serial);
	if (!serial)
		log_warning(log, "purgatory has no console and will print nothing, because this "
				 "system is a Realm (Arm CCA): ask the next kernel with kexec "
				 "--last-report");
	return 0;
}

int console_find(struct console *console, const struct arch *arch, const struct devicetree *tree,
		 const struct sysroot *sysroot, const char *serial, const struct log *log)
{
	memset(console, 0, sizeof(*console));
	console->type = PURGATORY_CONSOLE_NONE;
	if (arch->default_console == PURGATORY_CONSOLE_NONE && is_realm(sysroot)) {
		snprintf(console->reason, sizeof(console->reason), "this system is a Realm");
		return refuse_realm(serial, log);
	}
	if (!serial)
		find_default(console, arch, tree, sysroot, log);
	else if (strcmp(serial, "none") != 0)
		return console_from_tty(console, sysroot, serial, log);
	else
		snprintf(console->reason, sizeof(console->reason), "--serial=none asks for that");
	return 0;
}
