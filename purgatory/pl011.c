/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arm PL011 (DDI 0183) and the SBSA generic UART (DEN 0029), as the kernel has set it up. Registers
 * are accessed with 32 bits, the only width that every SBSA UART takes.
 */
#include "console.h"

#define DR	0x00
#define FR	0x18
#define FR_BUSY (1 << 3)
#define FR_TXFF (1 << 5)

static volatile uint32_t *find_register(const struct uart *uart, uint64_t offset)
{
	return (volatile uint32_t *)(uintptr_t)(uart->address + offset);
}

static long pl011_write(const struct uart *uart, const char *text, size_t length)
{
	size_t done;

	for (done = 0; done < length; done++) {
		if (*find_register(uart, FR) & FR_TXFF)
			break;
		*find_register(uart, DR) = (uint8_t)text[done];
	}
	return (long)done;
}

static bool pl011_is_idle(const struct uart *uart)
{
	return !(*find_register(uart, FR) & FR_BUSY);
}

const struct console_driver pl011_driver = {
	.write = pl011_write,
	.is_idle = pl011_is_idle,
	.polls_max = CONSOLE_REGISTER_POLLS_MAX,
};
