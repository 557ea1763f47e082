/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The console of ACPI's Serial Port Console Redirection table. Layout: Microsoft's "Serial Port
 * Console Redirection Table"; interface types: "Microsoft Debug Port Table 2"; Linux's reading of
 * both: drivers/acpi/spcr.c.
 */
#include <endian.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console/console_source.h"
#include "console/uart_types.h"
#include "firmware/firmware.h"

/* Offsets of the fields. The address is a Generic Address Structure, 12 bytes from 40 on. */
enum spcr_field {
	SPCR_REVISION = 8,
	SPCR_OEM_ID = 10,
	SPCR_OEM_TABLE_ID = 16,
	SPCR_OEM_REVISION = 24,
	SPCR_INTERFACE_TYPE = 36,
	SPCR_ADDRESS_SPACE = 40,
	SPCR_BIT_WIDTH = 41,
	SPCR_ACCESS_SIZE = 43,
	SPCR_ADDRESS = 44,
	SPCR_END_OF_ADDRESS = 52,
};

#define ADDRESS_SPACE_MEMORY 0

#define ANY_REVISION -1

/*
 * True if the header names this maker, table and revision, by which Linux recognises errors of
 * firmware.
 */
static bool is_made_by(const uint8_t *spcr, const char id[6], const char table_id[8], int revision)
{
	uint32_t table_revision;

	memcpy(&table_revision, &spcr[SPCR_OEM_REVISION], sizeof(table_revision));
	return memcmp(&spcr[SPCR_OEM_ID], id, 6) == 0 &&
	       memcmp(&spcr[SPCR_OEM_TABLE_ID], table_id, 8) == 0 &&
	       (revision == ANY_REVISION || le32toh(table_revision) == (uint32_t)revision);
}

/*
 * The type of an interface that Linux drives too. Where there is ACPI, it uses no registers of a
 * PL011 but those that SBSA's UART has too (sbsa_uart_acpi_match[] in amba-pl011.c). Only the
 * table's header tells Erratum 44 (qdf2400_erratum_44_present()).
 */
static const struct uart_type *find_type(const uint8_t *spcr)
{
	switch (spcr[SPCR_INTERFACE_TYPE]) {
	case 0x00: /* 16550 */
	case 0x01: /* 16550 subset */
	case 0x05: /* NVIDIA's 16550 */
	case 0x12: /* 16550 as the Generic Address Structure describes it */
		return uart_type_8250;
	case 0x03: /* PL011 */
	case 0x0d: /* SBSA, 32-bit accesses only */
	case 0x0e: /* SBSA */
		if (is_made_by(spcr, "QCOM  ", "QDF2432 ", ANY_REVISION) ||
		    is_made_by(spcr, "QCOM  ", "QDF2400 ", 1))
			return &uart_type_sbsa_e44;
		return uart_type_sbsa;
	default:
		return NULL;
	}
}

/*
 * APM's X-Gene: its 16550 has registers of 32 bits, and the table says 8
 * (xgene_8250_erratum_present()).
 */
static bool is_xgene(const uint8_t *spcr)
{
	if (spcr[SPCR_INTERFACE_TYPE] != 0x00)
		return false;
	return is_made_by(spcr, "APMC0D", "XGENESPC", 0) ||
	       is_made_by(spcr, "HPE   ", "XGENESPC", 0) ||
	       is_made_by(spcr, "APMC0D", "ProLiant", 1) ||
	       is_made_by(spcr, "HPE   ", "ProLiant", 1);
}

/*
 * The registers of a 16550. The bit width is their distance and the access size (1: byte, 2: 2
 * bytes, 3: 4 bytes, 0: not said) how to reach them. If the two disagree, there is no guess,
 * because systems interpret that differently. Returns false then.
 */
static bool read_layout(struct uart_layout *layout, const uint8_t *spcr)
{
	uint8_t bit_width = spcr[SPCR_BIT_WIDTH];
	uint8_t access_size = spcr[SPCR_ACCESS_SIZE];

	if (is_xgene(spcr)) {
		bit_width = 32;
		access_size = 3;
	}
	if (access_size == 0)
		access_size = bit_width == 32 ? 3 : bit_width == 16 ? 2 : 1;
	if (access_size > 3 || (bit_width != 0 && bit_width != 4 << access_size))
		return false;
	layout->shift = access_size - 1U;
	layout->width = 1U << layout->shift;
	return true;
}

/* Fill @console from the table. Returns CONSOLE_USED, or why purgatory must not use it. */
static enum console_reason read_spcr(struct console *console, const uint8_t *spcr, size_t size)
{
	struct uart_layout layout = {0};
	const struct uart_type *type;
	uint64_t address = 0;

	/* Revision 1 knew port I/O only; Linux does not read it either. */
	if (size < SPCR_END_OF_ADDRESS || spcr[SPCR_REVISION] < 2)
		return CONSOLE_OLD_TABLE;
	type = find_type(spcr);
	if (spcr[SPCR_ADDRESS_SPACE] == ADDRESS_SPACE_MEMORY) {
		memcpy(&address, &spcr[SPCR_ADDRESS], sizeof(address));
		address = le64toh(address);
	}
	console->address = address;
	if (!type)
		return CONSOLE_OTHER_TYPE;
	if (spcr[SPCR_ADDRESS_SPACE] != ADDRESS_SPACE_MEMORY)
		return CONSOLE_NOT_IN_MEMORY;
	if (type->spaced && !read_layout(&layout, spcr))
		return CONSOLE_AMBIGUOUS_REGISTERS;
	uart_type_describe(type, address, &layout, console);
	return console_is_reachable(console) ? CONSOLE_USED : CONSOLE_OUT_OF_REACH;
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
