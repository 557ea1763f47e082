/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The console: which driver, and the bounded waiting for it.
 */
#include "console.h"

#include "arch.h"
#include "print.h"
#include "purgatory.h"
#include "timer.h"

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

void console_write_line(struct console *console, struct line *line)
{
	struct timeout timeout;
	size_t done = 0;

	line_end(line);
	timeout_start(&timeout);
	while (console->driver && done < line->length) {
		size_t written = console->driver->write(&console->uart, line->text + done,
							line->length - done);

		done += written;
		if (written)
			timeout_start(&timeout);
		else if (timeout_expired(&timeout))
			console->driver = NULL;
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

	timeout_start(&timeout);
	while (console->driver && !console->driver->is_idle(&console->uart)) {
		if (timeout_expired(&timeout))
			console->driver = NULL;
	}
}
