/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The console: which driver, and the bounded waiting for it.
 */
#include "console.h"

#include "arch_interface.h"
#include "line.h"
#include "purgatory.h"
#include "timer.h"

/* For room to write: even at 9600 baud a UART sends nearly 20 bytes in that time. */
#define WRITE_MILLISECONDS 20

/* For a full FIFO to empty: 64 bytes take 67 ms at 9600 baud, 128 bytes 133 ms. */
#define DRAIN_MILLISECONDS 250

static const struct console_driver *find_driver(uint32_t type)
{
	switch (type) {
	case PURGATORY_CONSOLE_SBI:
		return arch_console_driver();
	case PURGATORY_CONSOLE_PL011:
		return &pl011_driver;
	case PURGATORY_CONSOLE_8250:
		return &uart8250_driver;
	default:
		return NULL;
	}
}

void console_open(struct console *console)
{
	console->driver = find_driver(purgatory_console_type);
	console->uart.address = purgatory_console_address;
	console->uart.register_shift = purgatory_console_register_shift;
	console->uart.register_width = purgatory_console_register_width;
}

static void start_waiting(const struct console *console, struct timeout *timeout,
			  uint32_t milliseconds)
{
	if (console->driver)
		timeout_start(timeout, milliseconds, console->driver->polls_max);
}

void console_write_line(struct console *console, struct line *line)
{
	struct timeout timeout;
	size_t done = 0;

	line_end(line);
	start_waiting(console, &timeout, WRITE_MILLISECONDS);
	while (console->driver && done < line->length) {
		long written = console->driver->write(&console->uart, line->text + done,
						      line->length - done);

		if (written > 0) {
			done += (size_t)written;
			start_waiting(console, &timeout, WRITE_MILLISECONDS);
		} else if (written < 0 || timeout_expired(&timeout)) {
			console->driver = NULL;
		}
	}
}

void console_write_text(struct console *console, const char *text)
{
	struct line line;

	line_begin(&line, text);
	console_write_line(console, &line);
}

void console_drain(struct console *console)
{
	struct timeout timeout;

	start_waiting(console, &timeout, DRAIN_MILLISECONDS);
	while (console->driver && !console->driver->is_idle(&console->uart)) {
		if (timeout_expired(&timeout))
			console->driver = NULL;
	}
}
