/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The console: a UART or firmware, and the bounded waiting for it.
 */
#include "console.h"

#include "arch_interface.h"
#include "ending.h"
#include "line.h"
#include "purgatory.h"
#include "timer.h"

/* The limit of waiting for room: even at 9600 baud a UART sends nearly 20 bytes in that time. */
#define WRITE_MILLISECONDS 20

/* The limit of waiting for a full FIFO: at 9600 baud 64 bytes take 67 ms, and 128 bytes 133 ms. */
#define DRAIN_MILLISECONDS 250

void console_open(struct console *console)
{
	struct purgatory_ending ending;

	ending_read(&ending);
	console->type = PURGATORY_CONSOLE_NONE;
	/* What is not known may be firmware's, which says whether it has one. */
	if (ending.console_type == PURGATORY_CONSOLE_UNKNOWN)
		console->type = PURGATORY_CONSOLE_SBI;
	if (ending.console_type == PURGATORY_CONSOLE_SBI ||
	    ending.console_type == PURGATORY_CONSOLE_UART)
		console->type = (enum purgatory_console)ending.console_type;
	uart_open(&console->uart, &ending);
}

static void start_waiting(const struct console *console, struct timeout *timeout,
			  uint32_t milliseconds)
{
	const uint32_t polls = console->type == PURGATORY_CONSOLE_UART ? CONSOLE_REGISTER_POLLS_MAX
								       : CONSOLE_FIRMWARE_POLLS_MAX;

	if (console->type != PURGATORY_CONSOLE_NONE)
		timeout_start(timeout, milliseconds, polls);
}

/*
 * Write as much as there is room for now. Returns the number of bytes, or -1 if there will never be
 * room.
 */
static long write_some(const struct console *console, const char *text, size_t length)
{
	if (console->type == PURGATORY_CONSOLE_UART)
		return (long)uart_write(&console->uart, text, length);
	return arch_console_write(text, length);
}

void console_write_line(struct console *console, struct line *line)
{
	struct timeout timeout;
	size_t done = 0;

	line_end(line);
	/* Not when it is opened: stop_fault() opens it after a fault that may be its own. */
	if (console->type == PURGATORY_CONSOLE_UART)
		uart_enable(&console->uart);
	start_waiting(console, &timeout, WRITE_MILLISECONDS);
	while (console->type != PURGATORY_CONSOLE_NONE && done < line->length) {
		long written = write_some(console, line->text + done, line->length - done);

		if (written > 0) {
			done += (size_t)written;
			start_waiting(console, &timeout, WRITE_MILLISECONDS);
		} else if (written < 0 || timeout_expired(&timeout)) {
			console->type = PURGATORY_CONSOLE_NONE;
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
	while (console->type == PURGATORY_CONSOLE_UART && !uart_is_idle(&console->uart)) {
		if (timeout_expired(&timeout))
			console->type = PURGATORY_CONSOLE_NONE;
	}
}
