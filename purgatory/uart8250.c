/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * UARTs of the 8250 family, as the kernel has set them up. Boards differ in the distance of the
 * registers and in the width of an access.
 */
#include "console.h"

#define THR	 0
#define LSR	 5
#define LSR_THRE 0x20
#define LSR_TEMT 0x40

static uintptr_t find_register(const struct uart *uart, unsigned int number)
{
	return (uintptr_t)(uart->address + ((uint64_t)number << uart->register_shift));
}

static uint32_t read_register(const struct uart *uart, unsigned int number)
{
	uintptr_t address = find_register(uart, number);

	if (uart->register_width == 4)
		return *(volatile uint32_t *)address;
	return *(volatile uint8_t *)address;
}

static void write_register(const struct uart *uart, unsigned int number, uint8_t value)
{
	uintptr_t address = find_register(uart, number);

	if (uart->register_width == 4)
		*(volatile uint32_t *)address = value;
	else
		*(volatile uint8_t *)address = value;
}

/* One byte for each time that the holding register is empty: the size of a FIFO is not known. */
static long uart8250_write(const struct uart *uart, const char *text, size_t length)
{
	size_t done;

	for (done = 0; done < length; done++) {
		if (!(read_register(uart, LSR) & LSR_THRE))
			break;
		write_register(uart, THR, (uint8_t)text[done]);
	}
	return (long)done;
}

static bool uart8250_is_idle(const struct uart *uart)
{
	return read_register(uart, LSR) & LSR_TEMT;
}

const struct console_driver uart8250_driver = {
	.write = uart8250_write,
	.is_idle = uart8250_is_idle,
	.polls_max = CONSOLE_REGISTER_POLLS_MAX,
};
