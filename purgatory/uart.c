/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writing to a UART by its description, with the settings of the kernel.
 */
#include "uart.h"

#include "mmio.h"

void uart_open(struct uart *uart, const struct purgatory_ending *ending)
{
	uint32_t i;

	uart->address = ending->console_address;
	uart->data_shift = ending->console_data_shift;
	for (i = 0; i < PURGATORY_REGISTER_COUNT; i++)
		uart->registers[i] = ending->console_registers[i];
}

/* True if the bits of the mask have the value. A register without a mask is not read. */
static bool tells(const struct uart *uart, enum purgatory_register_use use)
{
	const struct purgatory_register *reg = &uart->registers[use];

	if (!reg->mask)
		return true;
	return (mmio_read(uart->address + reg->offset, reg->width) & reg->mask) == reg->value;
}

static void enable(const struct uart *uart, enum purgatory_register_use use)
{
	const struct purgatory_register *reg = &uart->registers[use];
	const uint64_t address = uart->address + reg->offset;

	if (!tells(uart, use))
		mmio_write(address, reg->width,
			   (mmio_read(address, reg->width) & ~reg->mask) | reg->value);
}

void uart_enable(const struct uart *uart)
{
	enable(uart, PURGATORY_REGISTER_ENABLE);
	enable(uart, PURGATORY_REGISTER_ENABLE_SECOND);
}

size_t uart_write(const struct uart *uart, const char *text, size_t length)
{
	const struct purgatory_register *data = &uart->registers[PURGATORY_REGISTER_DATA];
	size_t done;

	for (done = 0; done < length && tells(uart, PURGATORY_REGISTER_ROOM); done++)
		mmio_write(uart->address + data->offset, data->width,
			   (uint32_t)(uint8_t)text[done] << uart->data_shift);
	return done;
}

bool uart_is_idle(const struct uart *uart)
{
	return tells(uart, PURGATORY_REGISTER_IDLE);
}
