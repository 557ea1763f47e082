/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The console of ACPI's Serial Port Console Redirection table. Layout: Microsoft's "Serial Port
 * Console Redirection Table"; interface types: "Microsoft Debug Port Table 2"; Linux's reading of
 * both: drivers/acpi/spcr.c.
 */
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/console_source.h"
#include "machine/firmware.h"

/* Offsets of the fields. The address is a Generic Address Structure, 12 bytes from 40 on. */
enum spcr_field {
	SPCR_REVISION = 8,
	SPCR_INTERFACE_TYPE = 36,
	SPCR_ADDRESS_SPACE = 40,
	SPCR_BIT_WIDTH = 41,
	SPCR_ACCESS_SIZE = 43,
	SPCR_ADDRESS = 44,
	SPCR_END_OF_ADDRESS = 52,
};

#define ADDRESS_SPACE_MEMORY 0

static enum purgatory_console find_type(uint8_t interface_type)
{
	switch (interface_type) {
	case 0x00: /* 16550 */
	case 0x01: /* 16550 subset */
	case 0x05: /* NVIDIA's 16550 */
	case 0x12: /* 16550 as the Generic Address Structure describes it */
		return PURGATORY_CONSOLE_8250;
	case 0x03: /* PL011 */
	case 0x0d: /* SBSA, 32-bit accesses only */
	case 0x0e: /* SBSA */
		return PURGATORY_CONSOLE_PL011;
	default:
		return PURGATORY_CONSOLE_NONE;
	}
}

/*
 * The registers of a 16550. The bit width is their distance and the access size (1: byte,
 * 3: 4 bytes, 0: not said) how to reach them. Firmware that lets the two disagree is not to be
 * guessed about: systems interpret it differently.
 */
static enum console_reason read_8250_registers(struct console *console, uint8_t bit_width,
					       uint8_t access_size)
{
	if ((bit_width == 8 || bit_width == 0) && access_size <= 1) {
		console->register_shift = 0;
		console->register_width = 1;
		return CONSOLE_USED;
	}
	if ((bit_width == 32 || bit_width == 0) && (access_size == 3 || access_size == 0)) {
		console->register_shift = 2;
		console->register_width = 4;
		return CONSOLE_USED;
	}
	return CONSOLE_AMBIGUOUS_REGISTERS;
}

/* Fill @console from the table; tells why purgatory must not use it. */
static enum console_reason read_spcr(struct console *console, const uint8_t *spcr, size_t size)
{
	enum console_reason reason = CONSOLE_USED;
	uint64_t address;

	/* Revision 1 knew port I/O only; Linux does not read it either. */
	if (size < SPCR_END_OF_ADDRESS || spcr[SPCR_REVISION] < 2)
		return CONSOLE_OLD_TABLE;
	console->type = find_type(spcr[SPCR_INTERFACE_TYPE]);
	if (spcr[SPCR_ADDRESS_SPACE] == ADDRESS_SPACE_MEMORY) {
		memcpy(&address, &spcr[SPCR_ADDRESS], sizeof(address));
		console->address = le64toh(address);
	}
	if (console->type == PURGATORY_CONSOLE_NONE)
		return CONSOLE_OTHER_TYPE;
	if (spcr[SPCR_ADDRESS_SPACE] != ADDRESS_SPACE_MEMORY)
		return CONSOLE_NOT_IN_MEMORY;
	console->register_width = 4;
	if (console->type == PURGATORY_CONSOLE_8250)
		reason = read_8250_registers(console, spcr[SPCR_BIT_WIDTH], spcr[SPCR_ACCESS_SIZE]);
	if (reason == CONSOLE_USED && !console_is_reachable(console))
		reason = CONSOLE_OUT_OF_REACH;
	return reason;
}

void console_from_spcr(struct console_port *port, const struct sysroot *sysroot)
{
	size_t size;
	char *spcr;

	*port = (struct console_port){.reason = CONSOLE_UNNAMED, .source = "SPCR"};
	if (firmware_read_acpi_table(sysroot, "SPCR", &spcr, &size))
		return;
	port->reason = read_spcr(&port->console, (const uint8_t *)spcr, size);
	if (port->reason != CONSOLE_OLD_TABLE)
		snprintf(port->type, sizeof(port->type), "interface type 0x%x",
			 (unsigned int)(uint8_t)spcr[SPCR_INTERFACE_TYPE]);
	free(spcr);
}
